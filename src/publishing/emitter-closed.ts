import { GatewayError } from '../contract/index.js';

/** What an emit fails with once its application has closed. */
export function emitterClosed(): GatewayError {
  return new GatewayError('EMITTER_CLOSED', 'The emitter has been closed with its application.');
}
