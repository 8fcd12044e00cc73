import { isToken, type Token } from './position.js';

/** That a latest value was dropped: its key, and the room's version after and before. */
export interface ClearedLatest {
  readonly key: string;
  readonly version: string;
  readonly previousVersion: string;
}

/** A durable event: its token, the one before it in its room, and its JSON. */
export interface RoomEvent {
  readonly token: Token;
  readonly prev: Token;
  /** What the emitter serialised; null when the entry is in the log and cannot be read. */
  readonly data: string | null;
}

/** What is published on a room's channel. */
export type RoomMessage =
  | { readonly type: 'event'; readonly event: RoomEvent; readonly cleared: ClearedLatest | undefined }
  | ({ readonly type: 'latest'; readonly data: string } & ClearedLatest)
  /** A duplicate of a durable event has dropped a latest value; the event itself was told before. */
  | ({ readonly type: 'cleared' } & ClearedLatest);

const LINE_END = 10;

/** `<ms>.<salt>`, as append.lua makes it. */
const VERSION = /^\d{1,16}\.\w{1,12}$/;

/**
 * Reads a message of a room's channel: `<token>\n<prev>\n<cleared>\n<data>` for a durable event, where cleared is empty
 * or `<version> <version before> <key>`; `=<version>\n<version before>\n<key>\n<data>` for a latest value;
 * `-<version>\n<version before>\n<key>\n` for one that was dropped. Each part is a text of its own: who keeps a token does not
 * keep the message in memory. What the data says is not looked at.
 *
 * @returns undefined for what is none of them
 */
export function parseRoomMessage(message: Buffer): RoomMessage | undefined {
  const first = message.indexOf(LINE_END);
  const second = message.indexOf(LINE_END, first + 1);
  const third = message.indexOf(LINE_END, second + 1);
  if (first < 2 || second < 0 || third < 0) return undefined;
  const head = message.toString('latin1', 0, first);
  const middle = message.toString('latin1', first + 1, second);
  const key = third === second + 1 ? '' : message.toString('utf8', second + 1, third);
  const data = message.toString('utf8', third + 1);
  if (head.startsWith('=') || head.startsWith('-')) {
    const change = { version: head.slice(1), previousVersion: middle, key };
    if (!isChange(change)) return undefined;
    return head.startsWith('=') ? { type: 'latest', ...change, data } : { type: 'cleared', ...change };
  }
  const cleared = key === '' ? undefined : parseCleared(key);
  if (!isToken(head) || !isToken(middle) || cleared === null) return undefined;
  return { type: 'event', event: { token: head, prev: middle, data }, cleared };
}

/** null: it is none. */
function parseCleared(line: string): ClearedLatest | null {
  const first = line.indexOf(' ');
  const second = line.indexOf(' ', first + 1);
  if (first < 0 || second < 0) return null;
  const change = {
    version: line.slice(0, first),
    previousVersion: line.slice(first + 1, second),
    key: line.slice(second + 1),
  };
  return isChange(change) ? change : null;
}

/** The first value of a room has no version before it. */
function isChange({ version, previousVersion, key }: ClearedLatest): boolean {
  return VERSION.test(version) && (previousVersion === '' || VERSION.test(previousVersion)) && key !== '';
}
