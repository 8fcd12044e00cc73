import type { AuthenticatedUser } from '../users/index.js';
import { RoomAuthorizer } from './room-authorizer.js';

/** Rooms that belong to somebody: users' own, and those of jobs. */
const OWNED_ROOMS = ['user:', 'job:'];

/**
 * The default: the default rooms, and those that the token's claim `rooms` names, each exactly or by a trailing `*`.
 * A pattern opens users' own rooms only when it starts with `user:` itself, and those of jobs when it starts with `job:`: `*`
 * alone does not.
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
  const kind = OWNED_ROOMS.find((one) => room.startsWith(one)) ?? '';
  return prefix.startsWith(kind) && room.startsWith(prefix);
}
