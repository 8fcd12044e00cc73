import type { Socket } from 'socket.io';
import type { AuthenticatedUser } from './authenticated-user.js';

/**
 * Decides whose connection a socket is, before there is a connection. The default verifies a JWT by the option
 * `auth`; another one is given as the extra `authenticator` of `SocketGatewayModule.forRoot`. (As a provider of the
 * application's own module it would be ignored.)
 */
export abstract class SocketAuthenticator {
  /**
   * @param socket what wants to connect; its `handshake` has the headers and what the client sent as `auth`
   * @returns the user
   * @throws RefusedError with the code that the client may see; anything else that is thrown refuses with
   *   TOKEN_INVALID, and its message goes to the log only
   */
  abstract authenticate(socket: Socket): AuthenticatedUser | Promise<AuthenticatedUser>;
}
