import type { LatestValues } from '../../../../src/room-log/index.js';
import { LatestFollower } from '../../../../src/server/feed/latest-follower.js';

/** The room's n-th version. */
const version = (n: number): string => (n === 0 ? '' : `${1_700_000_000_000 + n}.salt`);
/** Value n of a key, which is the room's n-th change. */
const change = (key: string, n: number, before = n - 1) => ({
  key,
  version: version(n),
  previousVersion: version(before),
  data: `${key}${n}`,
});
const hash = (at: number, values: Record<string, number> = {}): LatestValues => ({
  version: version(at),
  values: Object.entries(values).map(([key, n]) => ({ key, version: version(n), data: `${key}${n}` })),
});

describe('a follower of latest values', () => {
  let told: string[];
  let reads: number[];
  let follower: LatestFollower;

  beforeEach(() => {
    told = [];
    reads = [];
    follower = new LatestFollower({
      value: (_, data) => told.push(data),
      synced: () => undefined,
      read: (id) => reads.push(id),
    });
  });

  const answer = (values: LatestValues): void => {
    const id = reads.shift();
    if (id === undefined) throw new Error('Nothing was read');
    follower.looked(id, values);
  };

  /** Answers all reads in the same way. */
  const answerAll = (values: LatestValues): void => {
    for (let rounds = 0; reads.length > 0; rounds++) {
      if (rounds > 10) throw new Error('It reads for ever');
      answer(values);
    }
  };

  it('tells nothing of the first look, and what follows it', () => {
    expect(follower.version).toBeUndefined();
    follower.begin(hash(2, { a: 1, b: 2 }));
    expect(told).toEqual([]);
    follower.message(change('a', 3));
    follower.message(change('c', 4));
    expect(told).toEqual(['a3', 'c4']);
    expect(follower.version).toBe(version(4));
    expect(follower.isSettled).toBe(true);
    expect(reads).toEqual([]);
  });

  it('tells what came before the first look and is not in it', () => {
    follower.message(change('a', 1));
    follower.message(change('a', 2));
    follower.message(change('a', 3));
    expect(follower.isSettled).toBe(false);
    follower.begin(hash(1, { a: 1 }));
    expect(told).toEqual(['a2', 'a3']);
    expect(reads).toEqual([]);
  });

  it('reads after the first look when something was missed before it', () => {
    follower.dirty();
    follower.begin(hash(1, { a: 1 }));
    answer(hash(2, { a: 2 }));
    expect(told).toEqual(['a2']);
  });

  it('tells a doubled message once', () => {
    follower.begin(hash(0));
    for (const n of [1, 1, 2, 2]) follower.message(change('a', n));
    follower.message(change('b', 3));
    follower.message(change('a', 2));
    expect(told).toEqual(['a1', 'a2', 'b3']);
    expect(reads).toEqual([]);
  });

  it('reads what a message shows to be missing, and tells each key once, as it is now', () => {
    follower.begin(hash(1, { a: 1 }));
    follower.message(change('a', 5));
    follower.message(change('b', 6));
    expect(told).toEqual([]);
    answer(hash(5, { c: 4, a: 5 }));
    expect(told).toEqual(['c4', 'a5', 'b6']);
    expect(follower.isSettled).toBe(true);
  });

  it('forgets what a durable event cleared, silently', () => {
    follower.begin(hash(1, { a: 1 }));
    follower.cleared(change('a', 2));
    expect(follower.version).toBe(version(2));
    follower.message(change('a', 3));
    expect(told).toEqual(['a3']);
    follower.audited(version(4));
    answer(hash(4));
    expect(told).toEqual(['a3']);
    expect(follower.isSettled).toBe(true);
  });

  it('does not show a value again that was cleared before its message came', () => {
    follower.begin(hash(1, { progress: 1 }));
    follower.cleared(change('progress', 3));
    follower.message(change('progress', 2));
    answer(hash(3));
    // It came after the read began, for all that is known.
    answerAll(hash(3));
    expect(told).toEqual([]);
    expect(follower.isSettled).toBe(true);
  });

  it('tells older values after a rollback, because the hash is the truth', () => {
    follower.begin(hash(1, { a: 1 }));
    follower.message(change('a', 2));
    follower.audited(version(1));
    answer(hash(1, { a: 1 }));
    expect(told).toEqual(['a2', 'a1']);
  });

  it('tells a value again that was cleared, when that is rolled back', () => {
    follower.begin(hash(1, { a: 1 }));
    follower.cleared(change('a', 2));
    follower.audited(version(1));
    answer(hash(1, { a: 1 }));
    expect(told).toEqual(['a1']);
  });

  it('reads when the audit finds another version, and only then', () => {
    follower.audited(version(5));
    follower.begin(hash(1, { a: 1 }));
    follower.audited(version(1));
    expect(reads).toEqual([]);
    follower.audited(version(2));
    answer(hash(2, { a: 1, b: 2 }));
    expect(told).toEqual(['b2']);
  });

  it('reads again when something was missed during a read', () => {
    follower.begin(hash(0));
    follower.dirty();
    follower.dirty();
    answer(hash(0));
    expect(reads).toHaveLength(1);
    answer(hash(1, { a: 1 }));
    expect(told).toEqual(['a1']);
    expect(reads).toEqual([]);
  });

  it('keeps what it holds when a read fails, and reads when it is told to', () => {
    follower.begin(hash(1));
    follower.message(change('a', 3));
    follower.failed(reads.shift() ?? 0);
    follower.message(change('a', 4));
    expect(reads).toEqual([]);
    expect(follower.isSettled).toBe(false);
    follower.retry();
    follower.retry();
    answer(hash(4, { b: 2, a: 4 }));
    expect(told).toEqual(['b2', 'a4']);
    expect(follower.isSettled).toBe(true);
  });

  it('ignores the answer to a read that it has given up', () => {
    follower.begin(hash(0));
    follower.dirty();
    const late = reads.shift() ?? 0;
    follower.failed(late);
    follower.retry();
    follower.looked(late, hash(1, { a: 1 }));
    follower.failed(late);
    expect(told).toEqual([]);
    answer(hash(2, { a: 2 }));
    expect(told).toEqual(['a2']);
  });

  it('tells nothing between pause and resume, then what the hash has', () => {
    follower.begin(hash(1, { a: 1 }));
    follower.pause();
    follower.message(change('a', 2));
    follower.cleared(change('a', 3));
    follower.message(change('b', 4));
    follower.dirty();
    follower.audited(version(4));
    expect(follower.isSettled).toBe(false);
    follower.resume();
    answer(hash(4, { b: 4 }));
    expect(told).toEqual(['b4']);
    expect(follower.isSettled).toBe(true);
  });

  it('takes no answer during a pause, and reads after it', () => {
    follower.begin(hash(1, { a: 1 }));
    follower.message(change('a', 3));
    follower.pause();
    answer(hash(3, { a: 3 }));
    expect(told).toEqual([]);
    expect(follower.heldChars).toBe(0);
    follower.resume(version(1));
    answer(hash(3, { a: 3 }));
    expect(told).toEqual(['a3']);
  });

  it('does not read after a pause in which nothing has changed', () => {
    follower.begin(hash(1, { a: 1 }));
    follower.pause();
    follower.resume(version(1));
    expect(reads).toEqual([]);
    follower.pause();
    follower.resume(version(2));
    answer(hash(2, { a: 2 }));
    expect(told).toEqual(['a2']);
  });

  it('can be paused before the first look', () => {
    follower.pause();
    follower.message(change('a', 2));
    follower.begin(hash(1, { a: 1 }));
    expect(reads).toEqual([]);
    follower.resume(version(1));
    answer(hash(2, { a: 2 }));
    expect(told).toEqual(['a2']);
  });

  it('holds a bounded number of messages, and reads the hash instead of the others', () => {
    follower.begin(hash(0));
    for (let n = 2; n < 1000; n++) follower.message(change('a', n));
    expect(follower.heldChars).toBeGreaterThan(0);
    expect(follower.heldChars).toBeLessThanOrEqual(256 * 4);
    answerAll(hash(999, { a: 999 }));
    expect(told).toEqual(['a999']);
    expect(follower.heldChars).toBe(0);
    expect(follower.isSettled).toBe(true);
  });

  it('gives its memory back when it is told to', () => {
    follower.begin(hash(0));
    follower.message(change('a', 2));
    follower.dropHeld();
    expect(follower.heldChars).toBe(0);
    answer(hash(1, { b: 1 }));
    answer(hash(2, { b: 1, a: 2 }));
    expect(told).toEqual(['b1', 'a2']);
    expect(follower.isSettled).toBe(true);
  });

  it('takes any name for a key', () => {
    follower.begin(hash(0));
    follower.message(change('__proto__', 1));
    follower.message(change('constructor', 2));
    follower.audited(version(3));
    answer({ version: version(3), values: [{ key: '__proto__', version: version(1), data: 'x' }] });
    expect(told).toEqual(['__proto__1', 'constructor2']);
  });
});
