import { GatewayError } from '../contract/index.js';

/** Why no more events with a fallback are taken. */
export function full(maxFallbacks: number): GatewayError {
  return new GatewayError(
    'FALLBACKS_FULL',
    `${maxFallbacks} events with a fallback wait for an acknowledgement or a handler; no more are taken. Does a process handle them, by onUndelivered?`,
  );
}
