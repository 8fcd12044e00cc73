export { SocketEmitter, type SocketTarget } from './socket-emitter.js';
export type { EventName, EventPayload, GatewayEvents } from './gateway-events.js';
export type { Delivery, EmitOptions, EmitResult } from './emit.js';
export { GatewayError, isGatewayError } from './gateway-error.js';
export { ERROR_CODES, type GatewayErrorCode } from './error-codes.js';
export type {
  ControlMessages,
  ControlRequests,
  EventMeta,
  ReadyMessage,
  RefusalCode,
  RefusalData,
  Reply,
  RequestRefusalCode,
  RoomReadiness,
} from './control-messages.js';
