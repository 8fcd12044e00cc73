import { RedisReceiptRegister } from '../../../src/receipts/index.js';
import { connectionTo, sharedRedis } from '../../support/room-log/test-redis.js';
import { describeReceiptRegister } from './receipt-register.contract.js';
import { uniquePrefix } from '../../support/unique-prefix.js';

describe('the register of receipts in Redis', () => {
  let redis: Awaited<ReturnType<typeof sharedRedis>>;
  beforeAll(async () => {
    redis = await sharedRedis();
  });
  afterAll(() => redis.stop());

  const startAt = (prefix: string, limits = { maxFallbacks: 10, keepMs: 60_000 }) => {
    const connection = connectionTo(redis.url);
    const register = new RedisReceiptRegister({ connection, scope: { prefix, namespace: '/' }, limits });
    const keys = (): Promise<string[]> => connection.call((client) => client.keys(`*${prefix}*`));
    return { connection, register, keys };
  };

  describeReceiptRegister((limits) => {
    const prefix = uniquePrefix();
    const { connection, register } = startAt(prefix, limits);
    return Promise.resolve({
      register,
      parked: () => connection.call((client) => client.lrange(`{${prefix}#/#\u0001receipts}:1parked`, 0, -1)),
      stop: () => connection.close(),
    });
  });

  it('lets all of its keys expire, and has them in one slot', async () => {
    const { connection, register, keys } = startAt(uniquePrefix());
    const wish = { withinMs: 10, afterMs: 10 };
    const room = 'user:ada';
    const events = [1, 2, 3].map((seq) => ({ seq, data: '"a",1', wish }));
    await register.register({ room, emitter: 'emitter_', events, isRetry: false });
    await register.acknowledge(room, ['1700000000000-0.emitter_1.00000000_c']);
    const { events: taken } = await register.take({ holder: 'one', limit: 10, leaseMs: 10 });
    for (const { uid } of taken)
      await register.finish('one', uid, { kind: 'parked', text: 'x', maxParked: 1 });
    const names = await keys();
    expect(names.length).toBeGreaterThanOrEqual(3);
    expect(new Set(names.map((name) => /\{.*\}/.exec(name)?.[0])).size).toBe(1);
    for (const name of names) {
      expect(await connection.call((client) => client.pttl(name))).toBeGreaterThan(0);
    }
    await connection.close();
  });

  it('keeps nothing that a client has made up', async () => {
    const { connection, register, keys } = startAt(uniquePrefix());
    const made = Array.from({ length: 100 }, (_, index) => `1700000000000-0.madeupxx${index}.00000000_c`);
    await register.acknowledge('user:ada', made);
    expect(await keys()).toEqual([]);
    await connection.close();
  });
});
