import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { AuthenticatedUser } from './authenticated-user.js';

/** On the socket itself, and not in `socket.data`, which is sent to other servers when they list sockets. */
const USER = Symbol.for('nestjs-socket-gateway:user');

interface WithUser {
  [USER]?: AuthenticatedUser;
}

/**
 * Whose connection a socket is.
 *
 * @param client a Socket.IO socket of any namespace of the application
 * @returns undefined when the socket is not authenticated
 */
export function getSocketUser(client: object): AuthenticatedUser | undefined {
  return (client as WithUser)[USER];
}

/** Remembers whose connection a socket is. */
export function setSocketUser(client: object, user: AuthenticatedUser): void {
  Object.defineProperty(client, USER, { value: user, configurable: true });
}

/** The user of the socket, as a parameter of a message handler: `handle(@SocketUser() user: AuthenticatedUser)`. */
export const SocketUser = createParamDecorator((_: unknown, context: ExecutionContext) =>
  getSocketUser(context.switchToWs().getClient<object>()),
);
