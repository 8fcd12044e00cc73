import { setTimeout as delay } from 'node:timers/promises';
import { DeadlineLine } from '../../../src/deadlines/index.js';
import { waitFor } from '../../support/wait-for.js';

interface Thing {
  readonly name: string;
  hasEnded: boolean;
}

const TIMEOUT_MS = 60;

describe('a line of deadlines', () => {
  let expired: { name: string; afterMs: number; wasBlocked: boolean }[];
  let line: DeadlineLine<Thing>;
  let begunAt: Map<string, number>;

  beforeEach(() => {
    expired = [];
    begunAt = new Map();
    line = new DeadlineLine({
      timeoutMs: TIMEOUT_MS,
      hasEnded: (thing) => thing.hasEnded,
      expire: ({ name }, wasBlocked) => {
        expired.push({ name, afterMs: performance.now() - (begunAt.get(name) ?? 0), wasBlocked });
      },
    });
  });
  afterEach(() => line.close());

  it('tells of each whose time is up, in their order, and not before', async () => {
    add('a');
    await delay(20);
    add('b');
    await waitFor('both', () => expired.length === 2);
    expect(expired.map(({ name }) => name)).toEqual(['a', 'b']);
    for (const { afterMs } of expired) expect(afterMs).toBeGreaterThanOrEqual(TIMEOUT_MS - 2);
  });

  it('tells nothing of those that have ended, wherever they are in the line', async () => {
    const things = ['a', 'b', 'c', 'd'].map(add);
    for (const index of [0, 2]) (things[index] as Thing).hasEnded = true;
    await waitFor('the others', () => expired.length === 2);
    await delay(2 * TIMEOUT_MS);
    expect(expired.map(({ name }) => name)).toEqual(['b', 'd']);
  });

  it('goes on after it was empty', async () => {
    add('a').hasEnded = true;
    await delay(2 * TIMEOUT_MS);
    add('b');
    await waitFor('the second', () => expired.length === 1);
    expect(expired).toMatchObject([{ name: 'b' }]);
  });

  it('says whether the event loop was blocked, and reads first what has arrived meanwhile', async () => {
    add('lost');
    const answered = add('answered');
    // On a timer's turn: what was to be read has its turn after the timers, and before anything expires.
    await delay(1);
    setTimeout(() => setImmediate(() => (answered.hasEnded = true)), 1);
    for (const start = performance.now(); performance.now() - start < TIMEOUT_MS + 150;);
    await waitFor('the lost one', () => expired.length === 1);
    expect(expired).toMatchObject([{ name: 'lost', wasBlocked: true }]);
    add('later');
    await waitFor('the later one', () => expired.length === 2);
    expect(expired[1]).toMatchObject({ name: 'later', wasBlocked: false });
  });

  it('tells nothing more once it is closed', async () => {
    add('a');
    line.close();
    await delay(2 * TIMEOUT_MS);
    expect(expired).toEqual([]);
  });

  function add(name: string): Thing {
    const thing = { name, hasEnded: false };
    begunAt.set(name, performance.now());
    line.add(thing);
    return thing;
  }
});
