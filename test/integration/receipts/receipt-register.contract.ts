import type { ReceiptLimits, ReceiptRegister, TakenEvent } from '../../../src/receipts/index.js';
import { createEmitterId, type ReceiptWish } from '../../../src/room-log/index.js';
import { waitFor } from '../../support/wait-for.js';

/** A register under test, in an environment of its own. */
export interface RegisterHarness {
  readonly register: ReceiptRegister;
  parked(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

const LIMITS: ReceiptLimits = { maxFallbacks: 20, keepMs: 60_000 };
const LEASE_MS = 60_000;

/** What every implementation of `ReceiptRegister` promises. */
export function describeReceiptRegister(start: (limits: ReceiptLimits) => Promise<RegisterHarness>): void {
  let harness: RegisterHarness;
  let register: ReceiptRegister;
  let emitter: string;

  beforeEach(async () => {
    harness = await start(LIMITS);
    register = harness.register;
    emitter = createEmitterId();
  });
  afterEach(() => harness.stop());

  const tokenOf = (seq: number, salt = '00000000'): string =>
    `1700000000000-${seq}.${emitter}${seq}.${salt}_c`;
  const add = (
    seq: number,
    wish: ReceiptWish,
    more: { room?: string; isRetry?: boolean } = {},
  ): Promise<void> =>
    register.register({
      room: 'user:ada',
      emitter,
      events: [{ seq, data: `"note",{"text":"a\\nb ${seq}"}`, wish }],
      isRetry: false,
      ...more,
    });
  const take = async (holder = 'one', leaseMs = LEASE_MS): Promise<readonly TakenEvent[]> =>
    (await register.take({ holder, limit: 10, leaseMs })).events;
  const takeOne = (holder = 'one', leaseMs = LEASE_MS): Promise<TakenEvent> =>
    waitFor('something that is due', async () => (await take(holder, leaseMs))[0]);

  describe('what an emitter waits for', () => {
    it('is acknowledged by any of its tokens, and not before', async () => {
      await add(1, { withinMs: 1000 });
      await add(2, { withinMs: 1000 });
      expect(await register.acknowledged(emitter, [1, 2], [])).toEqual([false, false]);
      await register.acknowledge('user:ada', [tokenOf(2, 'ffffffff')]);
      expect(await register.acknowledged(emitter, [1, 2], [])).toEqual([false, true]);
    });

    it('is told to who acknowledges it, once for each event', async () => {
      await add(1, { withinMs: 1000 });
      await add(2, { afterMs: 60_000 });
      await add(3, { withinMs: 1000, afterMs: 60_000 });
      const [one, two, three] = [tokenOf(1), tokenOf(2), tokenOf(3)];
      expect(await register.acknowledge('user:eve', [one, two])).toEqual([]);
      expect(await register.acknowledge('user:ada', [tokenOf(7), three, '1700000000000-0.~x', one])).toEqual([
        three,
        one,
      ]);
      expect(await register.acknowledge('user:ada', [one, two, two, three])).toEqual([two]);
    });

    it('cannot be acknowledged for another room, nor when it was not registered', async () => {
      await add(1, { withinMs: 1000 });
      await register.acknowledge('user:eve', [tokenOf(1)]);
      await register.acknowledge('user:ada', [tokenOf(7), '1700000000000-0.~genesis']);
      expect(await register.acknowledged(emitter, [1, 7], [])).toEqual([false, false]);
    });

    it('stays acknowledged when it is registered again, and is forgotten when it is told so', async () => {
      await add(1, { withinMs: 1000 });
      await register.acknowledge('user:ada', [tokenOf(1)]);
      await add(1, { withinMs: 1000 }, { isRetry: true });
      expect(await register.acknowledged(emitter, [1], [1])).toEqual([true]);
      expect(await register.acknowledged(emitter, [1], [])).toEqual([false]);
      await add(2, { withinMs: 1000, isGivenUp: true });
      await register.acknowledge('user:ada', [tokenOf(2)]);
      expect(await register.acknowledged(emitter, [2], [])).toEqual([false]);
    });
  });

  describe('a fallback', () => {
    it('is handed to one taker when it is due, with everything about it', async () => {
      await add(1, { afterMs: 60_000 });
      await add(2, { afterMs: 1, emittedAt: 1_700_000_000_123 });
      await register.settle(emitter, 2, tokenOf(2));
      const taken = await takeOne();
      expect(taken).toEqual({
        uid: `${emitter}2`,
        room: 'user:ada',
        data: '"note",{"text":"a\\nb 2"}',
        token: tokenOf(2),
        emittedAt: 1_700_000_000_123,
        ageMs: expect.any(Number) as number,
        attempt: 1,
      });
      expect(await take('other')).toEqual([]);
    });

    it('is withdrawn by an acknowledgement of its room, until it was taken and handled', async () => {
      await add(1, { afterMs: 1 });
      await add(2, { afterMs: 1 });
      await register.acknowledge('user:ada', [tokenOf(1)]);
      await register.acknowledge('user:eve', [tokenOf(2)]);
      const { uid } = await takeOne();
      expect(uid).toBe(`${emitter}2`);
      await register.acknowledge('user:ada', [tokenOf(2)]);
      // The handler has failed, and need not be tried again.
      expect(await register.finish('one', uid, { kind: 'later', inMs: 0 })).toBe(false);
      expect(await take()).toEqual([]);
    });

    it('is withdrawn when nothing was appended', async () => {
      await add(1, { afterMs: 1 });
      await register.settle(emitter, 1, undefined);
      await add(2, { afterMs: 1 });
      expect((await takeOne()).uid).toBe(`${emitter}2`);
      expect(await take()).toEqual([]);
    });

    it('is not registered again by a retry of its append when it is done with', async () => {
      await add(1, { afterMs: 1 });
      await register.acknowledge('user:ada', [tokenOf(1)]);
      await add(1, { afterMs: 1 }, { isRetry: true });
      await add(2, { afterMs: 1 });
      const { uid } = await takeOne();
      await register.finish('one', uid, { kind: 'handled' });
      await add(2, { afterMs: 1 }, { isRetry: true });
      await add(3, { afterMs: 1 }, { isRetry: true });
      expect((await takeOne()).uid).toBe(`${emitter}3`);
      expect(await take()).toEqual([]);
    });

    it("is another's when its lease has ended, and counts how often it was taken", async () => {
      await add(1, { afterMs: 1 });
      const { uid } = await takeOne('one', 1);
      const again = await takeOne('two');
      expect(again).toMatchObject({ uid, attempt: 2 });
      // It has lost it: the other one decides.
      expect(await register.finish('one', uid, { kind: 'later', inMs: 0 })).toBe(false);
      expect(await register.finish('one', uid, { kind: 'dropped' })).toBe(false);
      // But what is handled need not be handled again.
      expect(await register.finish('one', uid, { kind: 'handled' })).toBe(true);
      expect(await register.finish('two', uid, { kind: 'later', inMs: 0 })).toBe(false);
      expect(await take()).toEqual([]);
    });

    it('stays with who renews the lease, and only with them', async () => {
      await add(1, { afterMs: 1 });
      await add(2, { afterMs: 1 });
      const taken = await waitFor('both', async () => {
        const events = await take('one', 200);
        return events.length > 0 && events;
      });
      const [{ uid }] = taken as [TakenEvent];
      await register.renew('one', [uid], LEASE_MS);
      await register.renew('two', [uid], 0);
      const others = await waitFor('the other one', async () => {
        const events = await take('two');
        return events.length > 0 && events;
      });
      expect(others.map((event) => event.uid)).not.toContain(uid);
    });

    it('comes again later, with or without counting the attempt', async () => {
      await add(1, { afterMs: 1 });
      const { uid } = await takeOne();
      expect(await register.finish('one', uid, { kind: 'later', inMs: 60_000 })).toBe(true);
      expect(await take()).toEqual([]);
      await add(2, { afterMs: 1 });
      const second = await takeOne();
      await register.finish('one', second.uid, { kind: 'later', inMs: 1, isFree: true });
      expect(await takeOne()).toMatchObject({ uid: second.uid, attempt: 1 });
      await register.finish('one', second.uid, { kind: 'later', inMs: 1 });
      expect(await takeOne()).toMatchObject({ uid: second.uid, attempt: 2 });
    });

    it('is parked, of which the newest are kept', async () => {
      for (const seq of [1, 2, 3]) await add(seq, { afterMs: 1 });
      for (const text of ['a', 'b', 'c']) {
        const { uid } = await waitFor(
          'the next',
          async () => (await register.take({ holder: 'one', limit: 1, leaseMs: LEASE_MS })).events[0],
        );
        expect(await register.finish('one', uid, { kind: 'parked', text, maxParked: 2 })).toBe(true);
      }
      expect(await harness.parked()).toEqual(['c', 'b']);
      expect(await take()).toEqual([]);
    });
  });

  it('refuses all of a batch when it is full, and takes others when there is room again', async () => {
    const events = Array.from({ length: LIMITS.maxFallbacks }, (_, index) => ({
      seq: index + 1,
      data: '"note",1',
      wish: { afterMs: 60_000 },
    }));
    await register.register({ room: 'user:ada', emitter, events, isRetry: false });
    await expect(add(100, { afterMs: 1 })).rejects.toMatchObject({ code: 'FALLBACKS_FULL', retryable: true });
    // What is in it already, and what only waits, needs no room.
    await add(1, { afterMs: 60_000 }, { isRetry: true });
    await add(101, { withinMs: 1000 });
    await register.acknowledge('user:ada', [tokenOf(1)]);
    await add(100, { afterMs: 1 });
    expect((await takeOne()).uid).toBe(`${emitter}100`);
  });

  it('drops what nobody has taken for too long, and says how many', async () => {
    await harness.stop();
    harness = await start({ ...LIMITS, keepMs: 200 });
    register = harness.register;
    await add(1, { afterMs: 1 });
    const options = { holder: 'one', limit: 0, leaseMs: 1 };
    const drop = async (): Promise<number | false> => (await register.take(options)).expiredCount || false;
    expect(await waitFor('it is dropped', drop)).toBe(1);
    expect(await take()).toEqual([]);
  });
}
