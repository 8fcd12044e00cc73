import type { GapReason } from '../../../../src/contract/index.js';
import type { RoomEvent, RoomLook, Token } from '../../../../src/room-log/index.js';
import { RoomFollower, type FollowerRead } from '../../../../src/server/feed/room-follower.js';

/** The n-th event of a room; each has a seq of its own. */
const token = (n: number): Token => `${1_700_000_000_000 + n}-0.emitter_${n}.salt`;
const event = (n: number, prev = n - 1): RoomEvent => ({
  token: token(n),
  prev: token(prev),
  data: String(n),
});
const events = (...numbers: number[]): RoomEvent[] => numbers.map((n) => event(n));

describe('a follower of a room', () => {
  let told: (string | [GapReason, Token])[];
  /** Positions that were reached, and how much had been told then. */
  let advances: [number, Token][];
  let reads: FollowerRead[];
  let follower: RoomFollower;

  beforeEach(() => {
    told = [];
    advances = [];
    reads = [];
    follower = new RoomFollower({
      deliver: ({ data }) => told.push(String(data)),
      gap: (reason, position) => told.push([reason, position]),
      passOver: () => undefined,
      advance: (position) => {
        expect(follower.position).toBe(position);
        advances.push([told.length, position]);
      },
      read: (read) => reads.push(read),
    });
  });

  const look = (tail: number, more: object): RoomLook =>
    ({ tail: token(tail), latestVersion: '', latest: undefined, ...more }) as RoomLook;
  const current = (tail: number): RoomLook => look(tail, { verdict: 'current' });
  const chain = (tail: number, ...numbers: number[]): RoomLook =>
    look(tail, { verdict: 'chain', events: events(...numbers) });
  const gap = (tail: number, reason: GapReason, resume: number): RoomLook =>
    look(tail, { verdict: 'gap', reason, resume: token(resume), isResumeKnown: false });
  const answer = (answered: RoomLook): void => {
    const read = reads.shift();
    if (!read) throw new Error('Nothing was read');
    follower.looked(read.id, answered);
  };
  const begin = (at: number): void => {
    follower.dirty();
    answer(current(at));
  };

  it('begins at the tail, and delivers what follows it', () => {
    follower.dirty();
    expect(reads).toEqual([{ id: expect.any(Number) as number, position: null, known: undefined }]);
    answer(current(5));
    for (const n of [6, 7, 8]) follower.message(event(n));
    expect(told).toEqual(['6', '7', '8']);
    expect(follower.isSettled).toBe(true);
    expect(reads).toEqual([]);
  });

  it('delivers a doubled message once', () => {
    begin(5);
    for (const n of [6, 6, 7, 6, 7]) follower.message(event(n));
    expect(told).toEqual(['6', '7']);
  });

  it('reads what a message shows to be missing, and holds what comes meanwhile', () => {
    begin(3);
    follower.message(event(5));
    follower.message(event(6));
    expect(told).toEqual([]);
    expect(reads).toMatchObject([{ position: token(3) }]);
    answer(chain(5, 4, 5));
    expect(told).toEqual(['4', '5', '6']);
    expect(follower.isSettled).toBe(true);
  });

  it('reads page after page', () => {
    begin(1);
    follower.message(event(9));
    answer(chain(9, 2, 3, 4));
    expect(reads).toMatchObject([{ position: token(4) }]);
    answer(chain(9, 5, 6, 7, 8, 9));
    expect(told.join('')).toBe('23456789');
    expect(follower.isSettled).toBe(true);
  });

  it('reads again when something was missed during a read', () => {
    begin(1);
    follower.dirty();
    follower.dirty();
    answer(current(1));
    expect(reads).toHaveLength(1);
    answer(current(1));
    expect(follower.isSettled).toBe(true);
  });

  it('drops a message that no log has: it was rolled back', () => {
    begin(3);
    follower.message(event(7));
    answer(current(3));
    // That read began before the message was known to be held.
    while (reads.length > 0) answer(current(3));
    expect(told).toEqual([]);
    expect(follower.droppedCount).toBe(1);
    expect(follower.isSettled).toBe(true);
  });

  it('announces a gap before anything later, and goes on where the log does', () => {
    begin(1);
    follower.message(event(9));
    answer(gap(9, 'trimmed', 6));
    answer(chain(9, 7, 8, 9));
    expect(told).toEqual([['trimmed', token(6)], '7', '8', '9']);
  });

  it('goes on, after a rollback, at the newest token known that is still there', () => {
    begin(1);
    for (const n of [2, 3, 4]) follower.message(event(n));
    follower.dirty();
    answer(gap(2, 'rolled-back', 2));
    expect(told).toEqual(['2', '3', '4']);
    expect(reads).toMatchObject([{ position: token(4), known: [token(4), token(3), token(2), token(1)] }]);
    answer(gap(2, 'rolled-back', 2));
    expect(told.at(-1)).toEqual(['rolled-back', token(2)]);
    // The events are sent again, with new tokens, and a new one follows.
    const again: RoomEvent = { token: token(3).replace('salt', 'other'), prev: token(2), data: '3' };
    follower.message(again);
    follower.message({ ...event(10), prev: again.token });
    expect(told.slice(4)).toEqual(['10']);
  });

  it('says of each step that all up to it has been told', () => {
    begin(1);
    follower.message(event(2));
    follower.message({ ...event(3), data: null });
    const again: RoomEvent = { token: token(2).replace('salt', 'other'), prev: token(3), data: '2' };
    follower.message(again);
    follower.dirty();
    answer(gap(9, 'trimmed', 8));
    answer(chain(9, 9));
    expect(told).toEqual(['2', ['unreadable', token(3)], ['trimmed', token(8)], '9']);
    expect(advances).toEqual([
      [0, token(1)],
      [1, token(2)],
      [2, token(3)],
      [2, again.token],
      [3, token(8)],
      [4, token(9)],
    ]);
  });

  it('knows how much it holds', () => {
    begin(1);
    expect(follower.heldChars).toBe(0);
    follower.message({ ...event(5), data: 'x'.repeat(10) });
    follower.message({ ...event(7), data: null });
    follower.message({ ...event(8), data: 'x'.repeat(5) });
    expect(follower.heldChars).toBe(15);
    answer(chain(5, 2, 3, 4, 5));
    expect(follower.heldChars).toBe(5);
    follower.dropHeld();
    expect(follower.heldChars).toBe(0);
  });

  it('announces no gap when a read fails, and keeps its position', () => {
    begin(1);
    follower.message(event(3));
    follower.failed(reads.shift()?.id ?? 0);
    expect(follower.isSettled).toBe(false);
    // What chains to the position is proved to be next, read or not.
    follower.message(event(4));
    expect(reads).toEqual([]);
    follower.retry();
    answer(chain(4, 2, 3, 4));
    expect(told).toEqual(['2', '3', '4']);
  });

  it('announces once that a room cannot be read', () => {
    begin(1);
    follower.dirty();
    follower.failed(reads.shift()?.id ?? 0, true);
    follower.retry();
    follower.failed(reads.shift()?.id ?? 0, true);
    expect(told).toEqual([['unreadable', token(1)]]);
    follower.retry();
    answer(chain(2, 2));
    expect(told.at(-1)).toBe('2');
  });

  it('announces an event that cannot be read, and goes on after it', () => {
    begin(1);
    follower.message({ ...event(2), data: null });
    follower.message(event(3));
    expect(told).toEqual([['unreadable', token(2)], '3']);
  });

  it('does not read for ever when the log answers what cannot be', () => {
    begin(1);
    follower.dirty();
    answer(chain(9, 8, 9));
    expect(reads).toEqual([]);
    expect(follower.isSettled).toBe(false);
  });

  it('ignores the answer to a read that it has given up', () => {
    begin(1);
    follower.dirty();
    const late = reads.shift()?.id ?? 0;
    follower.failed(late);
    follower.retry();
    follower.looked(late, chain(5, 2, 3, 4, 5));
    expect(told).toEqual([]);
    answer(chain(3, 2, 3));
    expect(told).toEqual(['2', '3']);
  });

  it('holds a bounded number of messages, and reads the others from the log', () => {
    begin(1);
    for (let n = 3; n < 1000; n++) follower.message(event(n));
    expect(follower.heldChars).toBeLessThan(256 * 3 + 1);
    const all = Array.from({ length: 998 }, (_, index) => index + 2);
    for (let pages = 0; reads.length > 0 && pages < 10; pages++) {
      const from = all.indexOf(Number(told.at(-1) ?? 1)) + 1;
      answer(from < all.length ? chain(999, ...all.slice(from)) : current(999));
    }
    expect(told).toEqual(all.map(String));
    expect(follower.isSettled).toBe(true);
  });

  it('reads when the audit finds another tail', () => {
    begin(1);
    follower.audited(token(1));
    expect(reads).toEqual([]);
    follower.audited(token(2));
    answer(chain(2, 2));
    expect(told).toEqual(['2']);
  });
});
