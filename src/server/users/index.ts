export type { AuthenticatedUser } from './authenticated-user.js';
export { getSocketUser, setSocketUser, SocketUser } from './socket-user.js';
