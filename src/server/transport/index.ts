export type { SocketTransport } from './socket-transport.interface.js';
export { createTransport } from './create-transport.js';
