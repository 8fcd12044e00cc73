import fc from 'fast-check';
import { Redis } from 'ioredis';
import { RedisSubscriber, type MessageHandler } from '../../../src/redis/index.js';
import { hostileProxy } from '../../support/hostile.js';
import { RedisConnections } from '../../support/redis/redis-connections.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { waitFor } from '../../support/wait-for.js';

let redis: RedisProcess;
let admin: Redis;
let connections: RedisConnections;
let subscribers: RedisSubscriber[];

beforeEach(async () => {
  redis = await RedisProcess.start();
  admin = new Redis(redis.url);
  admin.on('error', () => undefined);
  connections = new RedisConnections();
  subscribers = [];
});

afterEach(async () => {
  await Promise.all(subscribers.map((subscriber) => subscriber.close()));
  await connections.close();
  admin.disconnect();
  await redis.stop();
});

function subscriberTo(url: string, timeoutMs = 500): RedisSubscriber {
  const subscriber = new RedisSubscriber(connections.to(url, { timeoutMs }), connections.causes);
  subscribers.push(subscriber);
  return subscriber;
}

/** Keeps what a subscriber hears: `channel: message`, with the pattern in front if there is one. */
function heardBy(subscriber: RedisSubscriber): string[] {
  const heard: string[] = [];
  subscriber.onMessage((channel, message, pattern) => {
    heard.push(`${pattern === null ? '' : `${pattern.toString()} `}${channel}: ${message.toString()}`);
  });
  return heard;
}

async function untilReady(subscriber: RedisSubscriber, withinMs = 8000): Promise<void> {
  await waitFor('the subscriptions', () => subscriber.isReady, withinMs);
}

async function publish(channel: string, message: string): Promise<number> {
  return admin.publish(channel, message);
}

async function subscribedChannels(): Promise<string[]> {
  return ((await admin.pubsub('CHANNELS')) as string[]).sort();
}

describe('RedisSubscriber', () => {
  it('hears channels and patterns, once Redis has confirmed them', async () => {
    const subscriber = subscriberTo(redis.url);
    const heard = heardBy(subscriber);
    subscriber.subscribe('channel', ['a', 'b']);
    subscriber.subscribe('pattern', ['p*']);
    expect(subscriber.isReady).toBe(false);
    await untilReady(subscriber);
    await publish('a', '1');
    await publish('p1', '2');
    await publish('c', '3');
    await publish('b', '4');
    await waitFor('the messages', () => heard.length >= 3);
    expect(heard).toEqual(['a: 1', 'p* p1: 2', 'b: 4']);
  });

  it('is not ready without a connection', async () => {
    const subscriber = subscriberTo(redis.url);
    expect(subscriber.isReady).toBe(false);
    subscriber.subscribe('channel', ['a']);
    await untilReady(subscriber);
    await redis.kill();
    await waitFor('the loss to be noticed', () => !subscriber.isReady);
  });

  it('hears bytes as they are', async () => {
    const subscriber = subscriberTo(redis.url);
    const messages: Buffer[] = [];
    subscriber.onMessage((_, message) => messages.push(message));
    subscriber.subscribe('channel', ['bytes']);
    await untilReady(subscriber);
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    await admin.publish('bytes', bytes);
    await waitFor('the message', () => messages.length > 0);
    expect(messages).toEqual([bytes]);
  });

  it('hears no more of what it wants no more, after a reconnect neither', async () => {
    const subscriber = subscriberTo(redis.url);
    const heard = heardBy(subscriber);
    subscriber.subscribe('channel', ['a', 'b']);
    subscriber.subscribe('pattern', ['p*', 'q*']);
    await untilReady(subscriber);
    subscriber.unsubscribe('channel', ['a']);
    subscriber.unsubscribe('pattern', ['p*']);
    expect(subscriber.isReady).toBe(true);
    await waitFor(
      'Redis to know',
      async () => (await publish('a', 'no')) === 0 && (await publish('p', 'no')) === 0,
    );
    await redis.restart();
    await untilReady(subscriber);
    heard.length = 0;
    expect(await publish('a', 'no')).toBe(0);
    expect(await publish('p', 'no')).toBe(0);
    await publish('b', '1');
    await publish('q', '2');
    await waitFor('the messages', () => heard.length >= 2);
    expect(heard).toEqual(['b: 1', 'q* q: 2']);
  });

  it('ends with what was wanted last, however quickly it changes', async () => {
    const subscriber = subscriberTo(redis.url);
    subscriber.subscribe('channel', ['a']);
    subscriber.unsubscribe('channel', ['a']);
    subscriber.subscribe('channel', ['b']);
    await untilReady(subscriber);
    for (let round = 0; round < 20; round++) {
      subscriber.unsubscribe('channel', ['b']);
      subscriber.subscribe('channel', ['b']);
    }
    subscriber.unsubscribe('channel', ['a']);
    await untilReady(subscriber);
    await waitFor('one subscription', async () => (await publish('b', '1')) === 1);
    expect(await publish('a', '1')).toBe(0);
  });

  it('subscribes again to everything after a restart of Redis, what was added meanwhile included', async () => {
    const subscriber = subscriberTo(redis.url);
    const heard = heardBy(subscriber);
    subscriber.subscribe('channel', ['a']);
    subscriber.subscribe('pattern', ['p*']);
    await untilReady(subscriber);
    await redis.kill();
    await waitFor('the loss to be noticed', () => !subscriber.isReady);
    subscriber.subscribe('channel', ['b']);
    expect(subscriber.isReady).toBe(false);
    await redis.restart();
    await untilReady(subscriber);
    for (const channel of ['a', 'b', 'p1']) expect(await publish(channel, 'hello')).toBe(1);
    await waitFor('the messages', () => heard.length >= 3);
    expect(heard).toEqual(['a: hello', 'b: hello', 'p* p1: hello']);
    expect(connections.logger.with('is back after')).toHaveLength(1);
  });

  it('hears each message once after many losses', async () => {
    const subscriber = subscriberTo(redis.url);
    const heard = heardBy(subscriber);
    subscriber.subscribe('channel', ['a']);
    await untilReady(subscriber);
    for (let loss = 0; loss < 5; loss++) {
      await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
      await waitFor('the loss to be noticed', () => !subscriber.isReady);
      await untilReady(subscriber);
    }
    expect(await publish('a', 'once')).toBe(1);
    await publish('a', 'end');
    await waitFor('the messages', () => heard.includes('a: end'));
    expect(heard).toEqual(['a: once', 'a: end']);
  });

  it('is not ready while Redis refuses a subscription, tries again, and becomes ready when it may', async () => {
    await admin.acl('SETUSER', 'narrow', 'on', '>word', '+@all', '~*', 'resetchannels', '&allowed');
    const subscriber = subscriberTo(`redis://narrow:word@127.0.0.1:${redis.port}`);
    const heard = heardBy(subscriber);
    subscriber.subscribe('channel', ['allowed']);
    await untilReady(subscriber);
    subscriber.subscribe('channel', ['refused']);
    subscriber.subscribe('pattern', ['refused*']);
    await waitFor('the refusals', () => (connections.causes.counts.get('subscribe-refused') ?? 0) >= 4);
    expect(subscriber.isReady).toBe(false);
    expect(connections.logger.with('refused a subscription')).toHaveLength(1);
    expect(connections.logger.with('refused a subscription')[0]).toContain('NOPERM');
    await publish('allowed', '1');
    await waitFor('the message', () => heard.length > 0);
    await admin.acl('SETUSER', 'narrow', 'allchannels');
    await untilReady(subscriber);
    await publish('refused', '2');
    await waitFor('both subscriptions', () => heard.length >= 3);
    expect(heard.sort()).toEqual(['allowed: 1', 'refused* refused: 2', 'refused: 2']);
  });

  it('has those that Redis allows though others are refused', async () => {
    await admin.acl('SETUSER', 'narrow', 'on', '>word', '+@all', '~*', 'resetchannels', '&allowed*');
    const subscriber = subscriberTo(`redis://narrow:word@127.0.0.1:${redis.port}`);
    const allowed = Array.from({ length: 100 }, (_, index) => `allowed ${index}`);
    const names = [...allowed.slice(0, 37), 'refused', ...allowed.slice(37), 'refused too'];
    const told: string[] = [];
    subscriber.onConfirmed((_, confirmed) => told.push(...confirmed));
    subscriber.subscribe('channel', names);
    await waitFor('those that are allowed', async () => {
      const receivers = await Promise.all(allowed.map((channel) => publish(channel, '1')));
      // Redis has them a moment before it is known here.
      return receivers.every((count) => count === 1) && told.length >= allowed.length;
    });
    expect(subscriber.isReady).toBe(false);
    expect(subscriber.isConfirmed('channel', 'refused')).toBe(false);
    expect(told.sort()).toEqual(allowed.sort());
    await admin.acl('SETUSER', 'narrow', 'allchannels');
    await untilReady(subscriber);
    expect(told.slice(allowed.length).sort()).toEqual(['refused', 'refused too']);
  });

  it('lets no handler that throws, or rejects, harm another', async () => {
    const subscriber = subscriberTo(redis.url);
    const failing: MessageHandler[] = [
      () => {
        throw new Error('throws');
      },
      () => Promise.reject(new Error('rejects')),
      () => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- anything is what is tested
        throw null;
      },
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- anything is what is tested
      () => Promise.reject(undefined),
      () => ({
        get then(): never {
          throw new Error('hostile');
        },
      }),
      () => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- anything is what is tested
        throw hostileProxy();
      },
    ];
    for (const handler of failing) subscriber.onMessage(handler);
    const heard = heardBy(subscriber);
    subscriber.subscribe('channel', ['a']);
    await untilReady(subscriber);
    for (const message of ['1', '2', '3']) await publish('a', message);
    await waitFor('the messages', () => heard.length >= 3);
    expect(heard).toEqual(['a: 1', 'a: 2', 'a: 3']);
    await waitFor('the rejections', () => connections.causes.counts.get('undecodable-message') === 18);
    expect(connections.logger.with('could not be used')).toHaveLength(1);
    expect(subscriber.isReady).toBe(true);
  });

  it('tells those who deliver events of rooms before all others', async () => {
    const subscriber = subscriberTo(redis.url);
    const told: string[] = [];
    for (const source of ['presence', 'room', 'broadcast'] as const) {
      subscriber.onMessage(() => told.push(source), source);
    }
    subscriber.subscribe('channel', ['a']);
    await untilReady(subscriber);
    await publish('a', '1');
    await waitFor('the message', () => told.length >= 3);
    expect(told).toEqual(['room', 'presence', 'broadcast']);
  });

  it('can have handlers added and removed while it hears', async () => {
    const subscriber = subscriberTo(redis.url);
    let calls = 0;
    const stop = subscriber.onMessage(() => {
      calls++;
      stop();
    });
    const heard = heardBy(subscriber);
    subscriber.subscribe('channel', ['a']);
    await untilReady(subscriber);
    await publish('a', '1');
    await publish('a', '2');
    await waitFor('the messages', () => heard.length >= 2);
    expect(calls).toBe(1);
  });

  it('notices by itself that its connection is half-open, and hears again over a new one', async () => {
    const proxy = await TcpProxy.start(redis.port);
    try {
      const subscriber = subscriberTo(proxy.url);
      const heard = heardBy(subscriber);
      subscriber.subscribe('channel', ['a']);
      subscriber.subscribe('pattern', ['p*']);
      await untilReady(subscriber);
      proxy.swallow({ newLinks: false });
      await waitFor('the loss to be noticed', () => !subscriber.isReady, 8000);
      await untilReady(subscriber);
      await publish('a', '1');
      await publish('p', '2');
      await waitFor('the messages', () => heard.length >= 2);
      expect(heard).toEqual(['a: 1', 'p* p: 2']);
    } finally {
      await proxy.stop();
    }
  });

  it('recovers from a pause of Redis, during which it asked for more', async () => {
    const subscriber = subscriberTo(redis.url);
    subscriber.subscribe('channel', ['a']);
    await untilReady(subscriber);
    redis.pause();
    subscriber.subscribe('channel', ['b']);
    await waitFor('the pause to be noticed', () => connections.logger.with('is away').length > 0);
    expect(subscriber.isReady).toBe(false);
    redis.resume();
    await untilReady(subscriber);
    expect(await publish('a', '1')).toBe(1);
    expect(await publish('b', '1')).toBe(1);
  });

  it('subscribes to 100,000 channels, and to them again', async () => {
    const subscriber = subscriberTo(redis.url, 5000);
    let told = 0;
    subscriber.onConfirmed((_, names) => (told += names.length));
    const names = Array.from({ length: 100_000 }, (_, index) => `channel ${index}`);
    for (const name of names) subscriber.subscribe('channel', [name]);
    await untilReady(subscriber);
    expect(told).toBe(100_000);
    await redis.kill();
    await waitFor('the loss to be noticed', () => !subscriber.isReady);
    await redis.restart();
    await untilReady(subscriber);
    expect(told).toBe(200_000);
    expect(await publish('channel 0', '1')).toBe(1);
    expect(await publish('channel 99999', '1')).toBe(1);
  });

  it('tells what Redis has confirmed, after every reconnect too', async () => {
    const subscriber = subscriberTo(redis.url);
    const told: string[] = [];
    subscriber.onConfirmed((kind, names) => told.push(...names.map((name) => `${kind} ${name}`)));
    const stop = subscriber.onConfirmed(() => {
      stop();
      throw new Error('fails');
    });
    subscriber.subscribe('channel', ['a', 'b']);
    subscriber.subscribe('pattern', ['p*']);
    expect(subscriber.isConfirmed('channel', 'a')).toBe(false);
    await untilReady(subscriber);
    expect(told.splice(0).sort()).toEqual(['channel a', 'channel b', 'pattern p*']);
    expect(subscriber.isConfirmed('channel', 'a')).toBe(true);
    subscriber.subscribe('channel', ['a']);
    subscriber.unsubscribe('channel', ['b']);
    expect(subscriber.isConfirmed('channel', 'b')).toBe(false);
    await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await waitFor('the loss to be noticed', () => !subscriber.isConfirmed('channel', 'a'));
    expect(told).toEqual([]);
    await untilReady(subscriber);
    expect(told.sort()).toEqual(['channel a', 'pattern p*']);
  });

  it.each([
    ['Redis is killed and started again', () => redis.restart()],
    ['its connection is killed', () => admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub')],
    [
      'Redis says nothing for longer than it may',
      async () => {
        redis.pause();
        await waitFor('the pause to be noticed', () => connections.logger.with('is away').length > 0);
        redis.resume();
      },
    ],
  ])('has everything in the end though %s while it subscribes', async (_, disturb) => {
    const subscriber = subscriberTo(redis.url);
    const names = Array.from({ length: 20_000 }, (_, index) => `channel ${index}`);
    const told = new Set<string>();
    subscriber.onConfirmed((_, confirmed) => {
      for (const name of confirmed) told.add(name);
    });
    subscriber.subscribe('channel', names);
    await waitFor('the first ones', () => told.size > 0);
    expect(subscriber.isReady).toBe(false);
    await disturb();
    await waitFor('all of them', async () => (await subscribedChannels()).length === names.length);
    await untilReady(subscriber);
    expect(told.size).toBe(names.length);
  });

  it('has exactly what is wanted in the end, all of it confirmed, whatever came in between', async () => {
    const some = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1 });
    const step = fc.oneof(
      { weight: 8, arbitrary: fc.tuple(fc.constantFrom('subscribe' as const, 'unsubscribe' as const), some) },
      { weight: 4, arbitrary: fc.constant('tick' as const) },
      { weight: 2, arbitrary: fc.constant('answer' as const) },
      { weight: 1, arbitrary: fc.constant('cut' as const) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const subscriber = subscriberTo(redis.url);
        const wanted = new Set<string>();
        for (const next of steps) {
          if (next === 'tick') await new Promise(setImmediate);
          else if (next === 'answer') await admin.ping();
          else if (next === 'cut') await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
          else {
            const [action, names] = next;
            for (const name of names) wanted[action === 'subscribe' ? 'add' : 'delete'](name);
            subscriber[action]('channel', names);
          }
        }
        const expected = [...wanted].sort().join();
        await waitFor(`exactly ${expected}`, async () => (await subscribedChannels()).join() === expected);
        if (wanted.size > 0) await untilReady(subscriber);
        for (const name of wanted) expect(subscriber.isConfirmed('channel', name)).toBe(true);
        await subscriber.close();
        await waitFor('nothing', async () => (await subscribedChannels()).length === 0);
      }),
      { numRuns: 40 },
    );
  });

  it('leaves nothing behind when it is closed, at whatever moment', async () => {
    const keeping = (): number =>
      process.getActiveResourcesInfo().filter((name) => /TCP|Timeout/.test(name)).length;
    const before = keeping();
    const made = [subscriberTo(redis.url), subscriberTo(redis.url), subscriberTo(redis.url)];
    made[1]?.subscribe('channel', ['a']);
    made[2]?.subscribe('pattern', ['a*']);
    await untilReady(made[2] as RedisSubscriber);
    for (const subscriber of made) await subscriber.close();
    for (const subscriber of made) {
      subscriber.subscribe('channel', ['late']);
      subscriber.unsubscribe('pattern', ['a*']);
      expect(subscriber.isReady).toBe(false);
    }
    await waitFor('everything to be released', () => keeping() <= before, 1000);
    expect(connections.logger.lines).toEqual([]);
  });
});
