export { connectGateway } from './connect-gateway.js';
export type { ClientState, GatewayClient, JoinOptions } from './gateway-client.js';
export type { JobWatch, WatchJobOptions } from './job-watch.js';
export type { ClientSocketOptions, ConnectGatewayOptions } from './client-options.js';
export type { PositionStorage } from './position-store.js';
export { GatewayClientError, type ClientErrorCode, type ClientErrorDetails } from './client-error.js';
export type {
  EventMeta,
  EventName,
  EventPayload,
  GapMessage,
  GapReason,
  GatewayEvents,
  JobError,
  JobMessage,
  JobProgress,
  JobState,
  LibraryMessages,
  Rewind,
  RoomJoined,
} from '../contract/index.js';
