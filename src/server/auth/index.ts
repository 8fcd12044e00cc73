export { SocketAuthenticator } from './socket-authenticator.js';
export { RefusedError } from './refused-error.js';
export { refusalOf } from './refusal-of.js';
export { RevocationCheck } from './revocation-check.js';
export { Identification } from './identification.js';
export { JwtAuthenticator } from './jwt-authenticator.js';
export { HandshakeGuard } from './handshake-guard.js';
export { messageOf } from './error-message.js';
