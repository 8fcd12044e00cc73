import { randomBytes } from 'node:crypto';

/**
 * The opaque token of a durable event, and with it the position of a receiver that has seen the event:
 * `<ms>-<seq>.<emitter><seq>.<salt>`, or `<ms>-0.~<salt>` for the genesis of a room. Receivers compare tokens for
 * equality only: Redis gives equal ids again after a rollback when its clock stepped back.
 */
export type Token = string;

/** As a position: before the oldest event that is kept. */
export const OLDEST = '0-0';

/** A position: a token, or {@link OLDEST}. */
export type Position = string;

/** An id of a Redis Stream as two numbers. */
export interface StreamId {
  readonly ms: number;
  readonly seq: number;
}

/** protocol.md, "Attach": what a client may send. */
const POSITION = /^\d{13,14}-\d{1,15}\.[~\w-]{1,40}(\.\w{1,12})?$/;

/** How many characters an emitter's id has: 48 bits in base64url. */
export const EMITTER_ID_LENGTH = 8;

/** Whether `value` has the form of a position. Whether it means anything, only the log can say. */
export function isPosition(value: unknown): value is Position {
  return typeof value === 'string' && (value === OLDEST || isToken(value));
}

/** Whether a text has the form of a token. What comes into frames as it is must have it. */
export function isToken(text: string): text is Token {
  return POSITION.test(text);
}

/** The id of the stream's entry that a token names. */
export function streamIdOf(token: Token): StreamId {
  const dash = token.indexOf('-');
  const dot = token.indexOf('.', dash);
  return {
    ms: Number(token.slice(0, dash)),
    seq: Number(token.slice(dash + 1, dot === -1 ? undefined : dot)),
  };
}

/** Whether an event is surely of a later millisecond than another. Cheap: ids of one length compare as texts. */
export function isLater(token: Token, other: Token): boolean {
  const dash = token.indexOf('-');
  return other.indexOf('-') === dash && token.slice(0, dash) > other.slice(0, dash);
}

/** Below 0 when `one` is below `other`, 0 when they are equal. */
export function compareStreamIds(one: StreamId, other: StreamId): number {
  return one.ms - other.ms || one.seq - other.seq;
}

/** Who emitted the event of a token, and as which of its events; undefined for a genesis. */
export function originOf(token: Token): { readonly emitter: string; readonly seq: number } | undefined {
  const start = token.indexOf('.') + 1;
  if (start === 0 || token[start] === '~') return undefined;
  const end = token.indexOf('.', start);
  const seq = Number(token.slice(start + EMITTER_ID_LENGTH, end === -1 ? undefined : end));
  return Number.isSafeInteger(seq)
    ? { emitter: token.slice(start, start + EMITTER_ID_LENGTH), seq }
    : undefined;
}

/** What the salt of an event ends with that clients are asked to acknowledge. No salt of ours has it otherwise. */
export const RECEIPT_MARK = '_c';

/**
 * Whether clients are asked to acknowledge the event of a token. The token says it, so that it is known wherever the event
 * goes, in the log, in messages and in replays, without a field that older processes could not read.
 */
export function asksForReceipt(token: Token): boolean {
  return token.endsWith(RECEIPT_MARK);
}

/** A new emitter's id; two publishers never share one. */
export function createEmitterId(): string {
  return randomBytes(6).toString('base64url');
}

/** Random bytes as hex, made for many salts at a time: to ask the system for each would cost more than all else. */
let saltPool = '';
let saltsTaken = 0;
const SALT_LENGTH = 8;
const SALTS_AT_A_TIME = 512;

/** A new salt, of 32 random bits: it makes a token differ from the one that the same event got when it was appended before. */
export function createSalt(): string {
  if (saltsTaken * SALT_LENGTH === saltPool.length) {
    saltPool = randomBytes((SALTS_AT_A_TIME * SALT_LENGTH) / 2).toString('hex');
    saltsTaken = 0;
  }
  const start = saltsTaken++ * SALT_LENGTH;
  return saltPool.slice(start, start + SALT_LENGTH);
}
