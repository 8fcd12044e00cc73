import type { RequestRefusalCode } from '../../contract/index.js';
import { PRESENT, type AttachStart } from '../attaching/index.js';
import { ownProperty, roomOf, startFrom } from './attach-request.js';

/** How many names that cannot be rooms are answered. */
const MAX_REFUSED = 100;

/** A room that a new socket is to be in, and where it begins; or why it cannot be. */
export type ConnectRoom =
  | {
      readonly room: string;
      readonly start: AttachStart;
      readonly isPositionInvalid: boolean;
      readonly token?: unknown;
    }
  | { readonly room: string; readonly code: RequestRefusalCode };

/**
 * Reads which rooms a client wants to be in as it connects, and from where on: `rooms`, `positions`, `for`, `rewind` and
 * `roomTokens` in the `auth` of its handshake. It may be anything.
 *
 * @param own rooms that the socket is in whatever it asks for
 * @param maxWanted how many others it may ask for
 * @returns these first, then those that it asks for
 */
export function connectRooms(
  auth: unknown,
  userId: string,
  own: readonly string[],
  maxWanted: number,
): ConnectRoom[] {
  const owner = ownProperty(auth, 'for');
  // Positions of another user: it is another person's page by now.
  const sent = owner === undefined || owner === userId ? ownProperty(auth, 'positions') : undefined;
  const rewind = ownProperty(auth, 'rewind');
  const tokens = ownProperty(auth, 'roomTokens');
  const positions = new Map<string, unknown>();
  const refused: ConnectRoom[] = [];
  for (const [name, position] of entriesOf(sent)) {
    const room = roomOf(name);
    if (room === undefined) refused.push({ room: name.slice(0, 256), code: 'INVALID_ROOM' });
    else positions.set(room, position);
  }
  const asked = new Set<string>();
  for (const name of listOf(ownProperty(auth, 'rooms'))) {
    const room = roomOf(name);
    if (room !== undefined) asked.add(room);
    else refused.push({ room: typeof name === 'string' ? name.slice(0, 256) : '', code: 'INVALID_ROOM' });
  }
  for (const room of positions.keys()) asked.add(room);
  for (const room of own) asked.delete(room);
  const wanted = [...asked];
  return [
    ...own.map((room) => ownRoom(room, startFrom(positions.get(room), rewind))),
    ...wanted.slice(0, maxWanted).map((room) => ({
      ...wantedRoom(room, startFrom(positions.get(room), rewind)),
      token: ownProperty(tokens, room),
    })),
    ...wanted.slice(maxWanted).map((room) => ({ room, code: 'TOO_MANY_ROOMS' as const })),
    ...refused.slice(0, MAX_REFUSED),
  ];
}

/** The socket is in it whatever is wrong with its position. */
function ownRoom(room: string, start: AttachStart | RequestRefusalCode): ConnectRoom {
  if (typeof start === 'object') return { room, start, isPositionInvalid: false };
  return { room, start: PRESENT, isPositionInvalid: true };
}

function wantedRoom(room: string, start: AttachStart | RequestRefusalCode): ConnectRoom {
  return typeof start === 'object' ? { room, start, isPositionInvalid: false } : { room, code: start };
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
