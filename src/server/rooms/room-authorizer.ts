import type { AuthenticatedUser } from '../users/index.js';

/**
 * Decides whether a client may join a room by `gateway:join`. The default allows the user's own room, the default
 * rooms, and the rooms that the token's `rooms` claim names; another one is given as the extra `authorizer` of
 * `SocketGatewayModule.forRoot`. What the application does itself by `joinRoom` is not asked about.
 */
export abstract class RoomAuthorizer {
  /**
   * @param user whose socket it is
   * @param room the normalised name; never the user's own room, which is always allowed
   * @returns whether the user may be in the room; a throw or rejection refuses with UNAVAILABLE and is logged
   */
  abstract mayJoin(user: AuthenticatedUser, room: string): boolean | Promise<boolean>;
}
