export { SocketEmitter, type SocketTarget } from './socket-emitter.js';
export type { EventName, EventPayload, GatewayEvents } from './gateway-events.js';
export type { Delivery, EmitOptions, EmitResult } from './emit.js';
export { GatewayError, isGatewayError } from './gateway-error.js';
export { ERROR_CODES, type GatewayErrorCode } from './error-codes.js';
export type {
  FileCompleted,
  FileProcessing,
  JobCompleted,
  JobError,
  JobErrorMessage,
  JobFailed,
  JobMessage,
  JobMessageBase,
  JobProgress,
  JobStarted,
  JobState,
  LibraryMessages,
} from './job-messages.js';
export type { UndeliveredEvent, UndeliveredHandler, UndeliveredOptions } from './undelivered.js';
export type { GapReason } from './gap-reason.js';
export type { HistoryEvent, HistoryOptions, RoomHistory } from './room-history.js';
export type {
  AuthExpiringMessage,
  ConnectAuth,
  ControlMessages,
  ControlRequests,
  DisconnectCode,
  DisconnectingMessage,
  DurableMeta,
  EventMeta,
  DrainingMessage,
  GapMessage,
  LatestMeta,
  ReadyMessage,
  RefreshReply,
  RefusalCode,
  RefusalData,
  Reply,
  RequestRefusalCode,
  Rewind,
  RoomJoined,
  RoomReadiness,
} from './control-messages.js';
