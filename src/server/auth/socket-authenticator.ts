import type { Socket } from 'socket.io';
import type { AuthenticatedUser } from '../users/index.js';

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

  /**
   * Whose token it is that a connected client sends by `gateway:refresh`. The default asks {@link authenticate}, as if the
   * client had sent it in its handshake as `auth.token`.
   *
   * @returns as authenticate; another user than before is refused
   * @throws as authenticate
   */
  refresh(socket: Socket, token: string): AuthenticatedUser | Promise<AuthenticatedUser> {
    const { handshake } = socket;
    const renewed = { ...handshake, auth: { ...handshake.auth, token } };
    return this.authenticate(Object.create(socket, { handshake: { value: renewed } }) as Socket);
  }
}
