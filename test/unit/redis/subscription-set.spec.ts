import fc from 'fast-check';
import { GatewayError } from '../../../src/contract/index.js';
import { SubscriptionSet } from '../../../src/redis/subscription-set.js';

interface Command {
  readonly action: 'subscribe' | 'unsubscribe';
  readonly names: readonly string[];
  resolve(): void;
  reject(error: unknown): void;
}

/** A connection to a Redis that obeys commands in order, when the test says so, and whose answers come later still. */
class StagedRedis {
  readonly subscribed = new Set<string>();
  readonly sent: Command[] = [];
  #answers: (() => void)[] = [];
  /** Names that it refuses, with the whole command. */
  refused = new Set<string>();
  told: string[] = [];
  refusedCount = 0;
  readonly set = new SubscriptionSet({
    send: (action, names) => this.#send(action, names),
    confirmed: (names) => this.told.push(...names),
    refused: () => this.refusedCount++,
  });

  connect(): void {
    this.lose();
    this.set.begin();
  }

  lose(): void {
    this.subscribed.clear();
    this.sent.length = 0;
    this.set.end();
  }

  obey(): void {
    const command = this.sent.shift();
    if (!command) return;
    const { action, names } = command;
    if (action === 'subscribe' && names.some((name) => this.refused.has(name))) {
      this.#answers.push(() => command.reject(new GatewayError('REDIS_REFUSED', 'NOPERM')));
      return;
    }
    for (const name of names) this.subscribed[action === 'subscribe' ? 'add' : 'delete'](name);
    this.#answers.push(() => command.resolve());
  }

  /** Also an answer that an earlier connection has still brought. */
  async answer(): Promise<void> {
    this.#answers.shift()?.();
    await new Promise(setImmediate);
  }

  async settle(): Promise<void> {
    await new Promise(setImmediate);
    while (this.sent.length + this.#answers.length > 0) {
      this.obey();
      await this.answer();
    }
  }

  #send(action: Command['action'], names: readonly string[]): Promise<void> {
    return new Promise((resolve, reject) => this.sent.push({ action, names, resolve, reject }));
  }
}

const names = (count: number, prefix = 'n'): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);

describe('a set of subscriptions', () => {
  let redis: StagedRedis;

  beforeEach(() => {
    redis = new StagedRedis();
  });

  it('asks in batches of 512, a few of them at a time, gathered over a tick', async () => {
    redis.connect();
    for (const name of names(5000)) redis.set.want([name]);
    expect(redis.sent).toEqual([]);
    await new Promise(setImmediate);
    expect(redis.sent.map((command) => command.names.length)).toEqual([512, 512, 512, 512]);
    expect(redis.set.missingCount).toBe(5000);
    await redis.settle();
    expect(redis.set.missingCount).toBe(0);
    expect(redis.told).toEqual(names(5000));
    for (const name of names(5000)) redis.set.unwant([name]);
    await new Promise(setImmediate);
    expect(redis.sent.map((command) => command.names.length)).toEqual([512, 512, 512, 512]);
    await redis.settle();
    expect(redis.subscribed.size).toBe(0);
  });

  it('asks for everything again on another connection, and believes no answer of an earlier one', async () => {
    redis.set.want(['a', 'b']);
    redis.connect();
    redis.obey();
    redis.connect();
    await redis.answer();
    expect(redis.set.missingCount).toBe(2);
    expect(redis.told).toEqual([]);
    await redis.settle();
    expect(redis.told).toEqual(['a', 'b']);
    redis.set.want(['c']);
    await new Promise(setImmediate);
    redis.obey();
    redis.lose();
    await redis.answer();
    expect(redis.set.isConfirmed('c')).toBe(false);
  });

  it('does not tell a name that is unwanted meanwhile', async () => {
    redis.connect();
    redis.set.want(['a', 'b']);
    await new Promise(setImmediate);
    redis.set.unwant(['a']);
    await redis.settle();
    expect(redis.told).toEqual(['b']);
    expect([...redis.subscribed]).toEqual(['b']);
  });

  it('tells a name again that was unwanted in between, and not one that was not', async () => {
    redis.connect();
    redis.set.want(['a', 'b']);
    await redis.settle();
    redis.set.want(['b']);
    redis.set.unwant(['a']);
    expect(redis.set.isConfirmed('a')).toBe(false);
    redis.set.want(['a']);
    await redis.settle();
    expect(redis.told).toEqual(['a', 'b', 'a']);
  });

  it('finds what Redis allows, keeps it from waiting for what it refuses, and asks for that when it is told to', async () => {
    redis.refused = new Set(['n3', 'n300', 'n511', 'n700']);
    redis.set.want(names(1000));
    redis.connect();
    await redis.settle();
    expect(redis.set.missingCount).toBe(4);
    expect(redis.refusedCount).toBe(4);
    expect(redis.subscribed.size).toBe(996);
    redis.set.retry();
    await redis.settle();
    expect(redis.refusedCount).toBe(8);
    redis.refused = new Set();
    redis.set.retry();
    await redis.settle();
    expect(redis.set.missingCount).toBe(0);
    expect(redis.told.sort()).toEqual(names(1000).sort());
  });

  it('has confirmed only what Redis has, at any moment, and ends with exactly what is wanted', async () => {
    const name = fc.constantFrom(...names(6));
    const some = fc.uniqueArray(name, { minLength: 1, maxLength: 6 });
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ do: fc.constant('want' as const), some }) },
      { weight: 5, arbitrary: fc.record({ do: fc.constant('unwant' as const), some }) },
      { weight: 6, arbitrary: fc.record({ do: fc.constant('obey' as const) }) },
      { weight: 6, arbitrary: fc.record({ do: fc.constant('answer' as const) }) },
      { weight: 6, arbitrary: fc.record({ do: fc.constant('tick' as const) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('connect' as const, 'lose' as const) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('retry' as const) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('refuse' as const), name }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const staged = new StagedRedis();
        const wanted = new Set<string>();
        const check = (): void => {
          for (const each of names(6)) {
            if (staged.set.isConfirmed(each) && !(staged.subscribed.has(each) && wanted.has(each))) {
              throw new Error(`${each} is confirmed and not subscribed`);
            }
          }
        };
        staged.connect();
        for (const next of steps) {
          staged.told = [];
          if (next.do === 'want') {
            for (const each of next.some) wanted.add(each);
            staged.set.want(next.some);
          } else if (next.do === 'unwant') {
            for (const each of next.some) wanted.delete(each);
            staged.set.unwant(next.some);
          } else if (next.do === 'refuse') {
            staged.refused.add(next.name);
          } else if (next.do === 'retry') {
            staged.refused.clear();
            staged.set.retry();
          } else if (next.do === 'answer') {
            await staged.answer();
          } else if (next.do === 'tick') {
            await new Promise(setImmediate);
          } else {
            staged[next.do]();
          }
          check();
          for (const each of staged.told) expect(staged.set.isConfirmed(each)).toBe(true);
        }
        if (steps.findLast((each) => each.do === 'lose' || each.do === 'connect')?.do === 'lose')
          staged.connect();
        await staged.settle();
        staged.refused.clear();
        staged.set.retry();
        await staged.settle();
        check();
        expect([...staged.subscribed].sort()).toEqual([...wanted].sort());
        expect(staged.set.missingCount).toBe(0);
      }),
      { numRuns: 1000 },
    );
  });
});
