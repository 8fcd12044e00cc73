import type { AuthenticatedUser } from '../auth/index.js';
import { RoomAuthorizer } from './room-authorizer.js';

const USER_ROOMS = 'user:';

/**
 * The default: the default rooms, and those that the token's claim `rooms` names, each exactly or by a trailing `*`.
 * A pattern opens users' own rooms only when it starts with `user:` itself: `*` alone does not.
 */
export class ClaimsRoomAuthorizer extends RoomAuthorizer {
  readonly #defaultRooms: ReadonlySet<string>;

  constructor(defaultRooms: readonly string[]) {
    super();
    this.#defaultRooms = new Set(defaultRooms);
  }

  override mayJoin({ claims }: AuthenticatedUser, room: string): boolean {
    if (this.#defaultRooms.has(room)) return true;
    const named = claims['rooms'];
    return (
      Array.isArray(named) && named.some((one: unknown) => typeof one === 'string' && isNamed(room, one))
    );
  }
}

function isNamed(room: string, claim: string): boolean {
  const name = claim.normalize('NFC');
  if (!name.endsWith('*')) return name === room;
  const prefix = name.slice(0, -1);
  if (room.startsWith(USER_ROOMS) && !prefix.startsWith(USER_ROOMS)) return false;
  return room.startsWith(prefix);
}
