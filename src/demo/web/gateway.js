import { connectGateway } from 'nestjs-socket-gateway/client';

const LOGIN_MESSAGES = {
  UNAUTHENTICATED: 'Log in first.',
  TOKEN_EXPIRED: 'Your login has expired. Log in again.',
  TOKEN_INVALID: 'The server does not know your login any more; it may have been restarted. Log in again.',
};

/**
 * Connects a page to the gateway.
 *
 * @param {string} namespace
 * @param {object} options of `connectGateway`, and
 * @param {(message: string) => void} options.onLoggedOut the token is not accepted; nothing is tried any more
 */
export function openGateway(namespace, { onLoggedOut, ...options }) {
  const gateway = connectGateway(namespace, {
    ...options,
    socketOptions: {
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      reconnectionDelay: 500,
      reconnectionDelayMax: 3000,
    },
  });
  gateway.onState((state) => {
    const message = state === 'refused' ? LOGIN_MESSAGES[gateway.refusal?.code] : undefined;
    if (message !== undefined) onLoggedOut(message);
  });
  return gateway;
}
