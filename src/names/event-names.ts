import { GatewayError } from '../contract/index.js';

/** Everything of the library on the wire starts with this; applications may not emit such names. */
const RESERVED_EVENT_PREFIX = 'gateway:';

const MAX_EVENT_NAME_LENGTH = 256;

/**
 * Names that Socket.IO keeps for itself.
 * @see https://socket.io/docs/v4/emit-cheatsheet/#reserved-events
 */
const SOCKET_IO_RESERVED = new Set([
  'connect',
  'connect_error',
  'disconnect',
  'disconnecting',
  'newListener',
  'removeListener',
]);

/** Whether an event of this name would be taken for one of Socket.IO's own: a client drops the connection over it. */
export function isReservedBySocketIo(event: string): boolean {
  return SOCKET_IO_RESERVED.has(event);
}

/**
 * Checks that an application may emit an event of this name: a non-empty string of at most 256 characters that
 * neither Socket.IO nor this library keeps for itself.
 *
 * @throws INVALID_EVENT
 */
export function checkEventName(event: unknown): asserts event is string {
  if (typeof event !== 'string' || event === '') {
    throw new GatewayError('INVALID_EVENT', 'An event needs a name: a string that is not empty.');
  }
  if (event.length > MAX_EVENT_NAME_LENGTH) {
    throw new GatewayError(
      'INVALID_EVENT',
      `An event's name has ${event.length} characters; at most ${MAX_EVENT_NAME_LENGTH} are allowed.`,
    );
  }
  if (isReservedBySocketIo(event) || event.startsWith(RESERVED_EVENT_PREFIX)) {
    throw new GatewayError('INVALID_EVENT', `The event name '${event}' is reserved; choose another.`);
  }
}
