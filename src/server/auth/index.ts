export type { AuthenticatedUser } from './authenticated-user.js';
export { SocketAuthenticator } from './socket-authenticator.js';
export { RefusedError } from './refused-error.js';
export { JwtAuthenticator } from './jwt-authenticator.js';
export { HandshakeGuard } from './handshake-guard.js';
export { getSocketUser, SocketUser } from './socket-user.js';
export { messageOf } from './error-message.js';
