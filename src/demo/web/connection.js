import { io } from 'socket.io-client';

/** How long to wait before asking a server again that could not decide. */
const RETRY_MS = 2000;

const LOGIN_MESSAGES = {
  UNAUTHENTICATED: 'Log in first.',
  TOKEN_EXPIRED: 'Your login has expired. Log in again.',
  TOKEN_INVALID: 'The server does not know your login any more; it may have been restarted. Log in again.',
};

/**
 * @typedef {'connecting' | 'connected' | 'reconnecting' | 'refused'} ConnectionState
 *
 * @typedef {object} ConnectionListener
 * @property {(state: ConnectionState, reason?: string) => void} onState
 * @property {(event: string, payload: any) => void} onEvent every event that is not the gateway's own
 * @property {(message: string) => void} onLoggedOut the token is not accepted; nothing is tried any more
 */

/**
 * Connects to the gateway with a token, and stays connected.
 *
 * @param {{ token: string, namespace: string }} options
 * @param {ConnectionListener} listener
 * @returns {() => void} disconnects
 */
export function connect({ token, namespace }, listener) {
  const socket = io(namespace, {
    auth: { token },
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
    forceNew: true,
    reconnectionDelay: 500,
    reconnectionDelayMax: 3000,
  });
  let retry;
  listener.onState('connecting');
  socket.on('gateway:ready', () => listener.onState('connected'));
  socket.on('disconnect', (reason) => {
    listener.onState('reconnecting');
    // A server that is shutting down says goodbye itself, and then the client does not come back by itself.
    if (reason === 'io server disconnect') retry = setTimeout(() => socket.connect(), RETRY_MS);
  });
  socket.on('connect_error', (error) => {
    const code = error.data?.code;
    const message = LOGIN_MESSAGES[code];
    if (message !== undefined) {
      listener.onState('refused', code);
      listener.onLoggedOut(message);
    } else if (socket.active) {
      listener.onState('reconnecting');
    } else {
      listener.onState('refused', code ?? error.message);
      retry = setTimeout(() => socket.connect(), RETRY_MS);
    }
  });
  socket.onAny((event, payload) => {
    if (!event.startsWith('gateway:')) listener.onEvent(event, payload);
  });
  return () => {
    clearTimeout(retry);
    socket.off();
    socket.offAny();
    socket.disconnect();
  };
}
