import { GatewayError } from '../contract/index.js';
import { hasControlCharacter, utf8Length } from './text.js';

/** The longest name of a room and the longest user id, in bytes of UTF-8. */
const MAX_NAME_BYTES = 256;

const USER_PREFIX = 'user:';

/**
 * The name under which a room is known everywhere: numbers become strings, and the text is brought into Unicode's
 * form NFC, so that two spellings of one name are one room.
 *
 * @param room 1 to 256 bytes of UTF-8 without control characters; a user's own room may be longer by its prefix.
 * @throws INVALID_ROOM otherwise.
 */
export function normaliseRoom(room: unknown): string {
  const name = normaliseName(room, 'room', 'INVALID_ROOM', MAX_NAME_BYTES + USER_PREFIX.length);
  if (!name.startsWith(USER_PREFIX)) requireLength(name, 'room', 'INVALID_ROOM', MAX_NAME_BYTES);
  return name;
}

/**
 * A user's id as a string in form NFC.
 *
 * @param userId a finite number, or 1 to 256 bytes of UTF-8 without control characters.
 * @throws INVALID_USER otherwise.
 */
export function normaliseUserId(userId: unknown): string {
  return normaliseName(userId, 'user id', 'INVALID_USER', MAX_NAME_BYTES);
}

/**
 * The room that every socket of a user joins on connecting: `user:<userId>`.
 *
 * @throws INVALID_USER when the id is not one.
 */
export function userRoom(userId: unknown): string {
  return USER_PREFIX + normaliseUserId(userId);
}

const PRINTABLE_ASCII = /^[ -~]+$/;

type NameCode = 'INVALID_ROOM' | 'INVALID_USER';

function normaliseName(value: unknown, what: string, code: NameCode, maxBytes: number): string {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'string') {
    throw new GatewayError(code, `A ${what} must be a string or a finite number, not ${kindOf(value)}.`);
  }
  // What most names are: nothing in it to normalise or to refuse.
  if (value.length <= maxBytes && PRINTABLE_ASCII.test(value)) return value;
  if (value === '') throw new GatewayError(code, `A ${what} must not be empty.`);
  // A name that is far too long is refused before the work of normalising it.
  requireLength(value.length > maxBytes * 3 ? value : '', what, code, maxBytes);
  const name = value.normalize('NFC');
  if (hasControlCharacter(name)) {
    throw new GatewayError(code, `A ${what} must not contain control characters or lone surrogates.`);
  }
  requireLength(name, what, code, maxBytes);
  return name;
}

function requireLength(name: string, what: string, code: NameCode, maxBytes: number): void {
  // No character of UTF-16 takes more than three bytes of UTF-8: most names need no counting.
  if (name.length * 3 <= maxBytes) return;
  const bytes = utf8Length(name);
  if (bytes > maxBytes) {
    throw new GatewayError(code, `A ${what} has ${bytes} bytes of UTF-8; at most ${maxBytes} are allowed.`);
  }
}

/** Never looks into the value: it may be a proxy that throws. */
function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return typeof value === 'number' ? String(value) : typeof value;
}
