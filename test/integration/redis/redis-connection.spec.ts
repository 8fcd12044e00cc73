import { Redis } from 'ioredis';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { inspect } from 'node:util';
import type { RedisOption } from '../../../src/config/index.js';
import { isGatewayError } from '../../../src/contract/index.js';
import type { RedisConnection } from '../../../src/redis/index.js';
import { freePort } from '../../../scripts/lib/free-port.mjs';
import { RedisConnections } from '../../support/redis/redis-connections.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { waitFor } from '../../support/wait-for.js';

const CHANNEL = 'redis-connection-spec';

/** Sooner than anything that waits for 500 ms, on a machine that does other things. */
const AT_ONCE_MS = 400;

/** After 500 ms, and however late timers are. */
const IN_TIME_MS = 2500;

let redis: RedisProcess;
let connections: RedisConnections;

beforeAll(async () => {
  redis = await RedisProcess.start();
});

afterAll(() => redis.stop());

beforeEach(() => {
  connections = new RedisConnections();
});

afterEach(() => connections.close());

function publish(connection: RedisConnection, message = 'hello'): Promise<number> {
  return connection.call((client) => client.publish(CHANNEL, message));
}

/** How a call ended, and after how many milliseconds. */
async function outcomeOf(call: Promise<unknown>): Promise<{ code: string; ms: number }> {
  const started = performance.now();
  const code = await call.then(
    () => 'answered',
    (error: unknown) => {
      if (!isGatewayError(error)) throw error;
      return error.code;
    },
  );
  return { code, ms: performance.now() - started };
}

async function worksAgain(connection: RedisConnection, withinMs = 5000): Promise<void> {
  await waitFor(
    'an answer',
    () =>
      publish(connection).then(
        () => true,
        () => false,
      ),
    withinMs,
  );
}

async function untilAway(connection: RedisConnection): Promise<void> {
  await waitFor('the loss to be noticed', () => !connection.isReady);
}

/** Until the connection was found away this many times: lost, or an attempt to make it failed. */
async function untilTried(times: number): Promise<void> {
  await waitFor('attempts', () => (connections.causes.counts.get('redis-away:test') ?? 0) >= times, 15_000);
}

async function clientNames({ url }: RedisProcess): Promise<string[]> {
  const admin = new Redis(url);
  const list = (await admin.client('LIST')) as string;
  admin.disconnect();
  return [...list.matchAll(/ name=(socket-gateway:\S+)/g)].map(([, name]) => String(name));
}

/** Keeps the event loop from doing anything else. */
function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

/** Says of every master that it is on `masterPort`, and agrees to everything else. */
async function startSentinel(port: number, masterPort: number): Promise<Server> {
  const address = `*2\r\n$9\r\n127.0.0.1\r\n$${String(masterPort).length}\r\n${masterPort}\r\n`;
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => {
      for (const command of bytes
        .toString()
        .split(/^\*\d+\r\n/m)
        .slice(1)) {
        if (command.includes('get-master-addr-by-name')) socket.write(address);
        else if (/hello/i.test(command)) socket.write('-ERR unknown command HELLO\r\n');
        else socket.write(command.includes('sentinels') ? '*0\r\n' : '+OK\r\n');
      }
    });
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** How many sockets and timers keep this process alive. */
function handleCount(): number {
  return process.getActiveResourcesInfo().filter((name) => /TCP|Pipe|TLS|Timeout|GetAddrInfo/.test(name))
    .length;
}

let handlesBefore: number;

beforeEach(() => {
  handlesBefore = handleCount();
});

/** Nothing that a test opened is left. */
async function released(withinMs = 1000): Promise<void> {
  await waitFor('everything to be released', () => handleCount() <= handlesBefore, withinMs);
}

/** A Redis of a test's own, which is none of what the test is to release. */
async function startOwnRedis(): Promise<RedisProcess> {
  const own = await RedisProcess.start();
  handlesBefore = handleCount();
  return own;
}

describe('RedisConnection', () => {
  it('connects at the first call; calls wait for it and are answered in order', async () => {
    const connection = connections.to(redis.url);
    expect(connection.isReady).toBe(false);
    const key = 'redis-connection-spec:order';
    const answers = await Promise.all(
      Array.from({ length: 1000 }, (_, index) => connection.call((client) => client.rpush(key, index))),
    );
    expect(answers).toEqual(Array.from({ length: 1000 }, (_, index) => index + 1));
    expect(connections.logger.lines).toEqual([]);
  });

  it('tells who listens that it is ready, at once when it is', async () => {
    const connection = connections.to(redis.url);
    const told: string[] = [];
    connection.onReady(() => told.push('early'));
    await publish(connection);
    connection.onReady(() => told.push('late'));
    expect(told).toEqual(['early', 'late']);
  });

  it('fails calls at once while Redis is away, and works again when it is back', async () => {
    const own = await RedisProcess.start();
    try {
      const connection = connections.to(own.url);
      const told: string[] = [];
      connection.onReady(() => told.push('ready'));
      connection.onAway(() => told.push('away'));
      await publish(connection);
      await own.kill();
      await untilAway(connection);
      for (let count = 0; count < 100; count++) {
        const { code, ms } = await outcomeOf(publish(connection));
        expect(code).toBe('REDIS_UNAVAILABLE');
        expect(ms).toBeLessThan(AT_ONCE_MS);
      }
      await own.restart();
      await worksAgain(connection);
      expect(told).toEqual(['ready', 'away', 'ready']);
      expect(connections.logger.with('is away')).toHaveLength(1);
      expect(connections.logger.with('is back after')).toHaveLength(1);
    } finally {
      await own.stop();
    }
  });

  it('ends calls that were under way when Redis is killed', async () => {
    const own = await RedisProcess.start();
    try {
      const connection = connections.to(own.url, { timeoutMs: 5000 });
      await publish(connection);
      const blocked = outcomeOf(connection.call((client) => client.blpop('redis-connection-spec:never', 0)));
      await own.kill();
      const { code, ms } = await blocked;
      expect(code).toBe('REDIS_UNAVAILABLE');
      expect(ms).toBeLessThan(2000);
    } finally {
      await own.stop();
    }
  });

  it('works within 5 s of a Redis that appears after the start', async () => {
    const port = await freePort();
    const connection = connections.to(`redis://127.0.0.1:${port}`);
    expect((await outcomeOf(publish(connection))).code).toBe('REDIS_UNAVAILABLE');
    // By then it waits longest between its attempts.
    await untilTried(7);
    const own = await RedisProcess.start({ port });
    try {
      await worksAgain(connection);
      expect(connections.logger.with('is back after')).toHaveLength(1);
    } finally {
      await own.stop();
    }
  });

  it('ends a call to a paused Redis in time, fails those that follow at once, and recovers by itself', async () => {
    const own = await RedisProcess.start();
    try {
      const connection = connections.to(own.url);
      await publish(connection);
      own.pause();
      const first = await outcomeOf(publish(connection));
      expect(first.code).toBe('EMIT_TIMEOUT');
      expect(first.ms).toBeGreaterThan(450);
      expect(first.ms).toBeLessThan(IN_TIME_MS);
      for (let count = 0; count < 100; count++) {
        const { code, ms } = await outcomeOf(publish(connection));
        expect(code).toBe('REDIS_UNAVAILABLE');
        expect(ms).toBeLessThan(AT_ONCE_MS);
      }
      own.resume();
      await worksAgain(connection);
      expect(connections.logger.with('is back after')).toHaveLength(1);
    } finally {
      await own.stop();
    }
  });

  it('comes back once, however long Redis was paused', async () => {
    const own = await RedisProcess.start();
    try {
      const connection = connections.to(own.url, { timeoutMs: 200 });
      await publish(connection);
      own.pause();
      await outcomeOf(publish(connection));
      // Some connections are made and given up meanwhile; each is answered when Redis goes on.
      await untilTried(3);
      own.resume();
      await worksAgain(connection);
      await waitFor('the others to be gone', async () => (await clientNames(own)).length === 1);
      expect(connection.isReady).toBe(true);
      expect(connections.logger.with('is back after')).toHaveLength(1);
    } finally {
      await own.stop();
    }
  });

  it('survives a Redis that is paused when it connects first', async () => {
    const own = await RedisProcess.start();
    try {
      own.pause();
      const connection = connections.to(own.url);
      const first = await outcomeOf(publish(connection));
      expect(['EMIT_TIMEOUT', 'REDIS_UNAVAILABLE']).toContain(first.code);
      expect(first.ms).toBeLessThan(IN_TIME_MS);
      await waitFor('the connection to count as away', async () => {
        const { code, ms } = await outcomeOf(publish(connection));
        return code === 'REDIS_UNAVAILABLE' && ms < AT_ONCE_MS;
      });
      own.resume();
      await worksAgain(connection);
    } finally {
      await own.stop();
    }
  });

  it('notices a network that swallows everything, and recovers over a new connection', async () => {
    const proxy = await TcpProxy.start(redis.port);
    try {
      const connection = connections.to(proxy.url);
      await publish(connection);
      proxy.swallow({ newLinks: false });
      expect((await outcomeOf(publish(connection))).code).toBe('EMIT_TIMEOUT');
      await worksAgain(connection);
      expect(proxy.linkCount).toBeGreaterThan(1);
    } finally {
      await proxy.stop();
    }
  });

  it('takes an answer that arrived while the event loop was blocked', async () => {
    const connection = connections.to(redis.url);
    await publish(connection);
    const calls = [publish(connection), publish(connection), connection.call((client) => client.ping())];
    block(3000);
    for (const call of calls) expect((await outcomeOf(call)).code).toBe('answered');
    expect(connection.isReady).toBe(true);
    expect(connections.logger.lines).toEqual([]);
  });

  it('does not take a blocked event loop for a silent Redis while it connects', async () => {
    // Through a proxy in this process: no handshake gets on while it is blocked.
    const proxy = await TcpProxy.start(redis.port);
    try {
      const connection = connections.to(proxy.url);
      connection.open();
      // Looked at in every tick: a few later it is ready.
      while (proxy.linkCount === 0) await new Promise(setImmediate);
      expect(connection.isReady).toBe(false);
      block(3600);
      await waitFor('the connection', () => connection.isReady);
      expect(connections.logger.lines).toEqual([]);
    } finally {
      await proxy.stop();
    }
  });

  it('connects though a call may take far less time than connecting does', async () => {
    const connection = connections.to(redis.url, { timeoutMs: 1 });
    connection.open();
    await waitFor('the connection', () => connection.isReady);
  });

  it('lets 10,000 calls wait for the first connection, and no more', async () => {
    const own = await RedisProcess.start();
    try {
      own.pause();
      const connection = connections.to(own.url, { timeoutMs: 1000 });
      const waiting = Array.from({ length: 10_000 }, () => outcomeOf(publish(connection)));
      const { code, ms } = await outcomeOf(publish(connection));
      expect(code).toBe('REDIS_UNAVAILABLE');
      expect(ms).toBeLessThan(AT_ONCE_MS);
      for (const { code } of await Promise.all(waiting)) {
        expect(['EMIT_TIMEOUT', 'REDIS_UNAVAILABLE']).toContain(code);
      }
    } finally {
      await own.stop();
    }
  });

  it('can be told to connect anew, at any moment', async () => {
    const connection = connections.to(redis.url);
    connection.reconnect();
    expect(handleCount()).toBe(handlesBefore);
    connection.open();
    connection.reconnect();
    await worksAgain(connection);
    connection.reconnect();
    expect(connection.isReady).toBe(false);
    connection.reconnect();
    await worksAgain(connection);
    await connection.close();
    connection.reconnect();
    expect(connection.isReady).toBe(false);
  });

  it('can be told to connect anew in every tick of connecting, and comes back once', async () => {
    for (let ticks = 0; ticks < 60; ticks++) {
      const connection = connections.to(redis.url, { name: `tick ${ticks}` });
      const told: string[] = [];
      connection.onReady(() => told.push('ready'));
      connection.onAway(() => told.push('away'));
      connection.open();
      for (let tick = 0; tick < ticks; tick++) await new Promise(setImmediate);
      told.length = 0;
      connection.reconnect();
      await worksAgain(connection);
      expect(told).toEqual(['away', 'ready']);
      await connection.close();
    }
  });

  describe('that cannot be made', () => {
    it('keeps trying when the password is wrong, and logs why without it', async () => {
      const own = await RedisProcess.start({ password: 'right-secret' });
      try {
        const connection = connections.to(`redis://:wrong-secret@127.0.0.1:${own.port}`);
        const error: unknown = await publish(connection).catch((reason: unknown) => reason);
        expect(isGatewayError(error, 'REDIS_UNAVAILABLE')).toBe(true);
        expect(connections.logger.lines[0]).toMatch(
          /^error: Redis at 127\.0\.0\.1:\d+ is away \(test\): WRONGPASS/,
        );
        expect(inspect([error, connections.logger.lines], { depth: 10 })).not.toMatch(/secret/);
        const client = new Redis(own.url);
        await client.config('SET', 'requirepass', 'wrong-secret');
        client.disconnect();
        await worksAgain(connection);
      } finally {
        await own.stop();
      }
    });

    it('says so when the password is missing', async () => {
      const own = await RedisProcess.start({ password: 'right-secret' });
      try {
        const connection = connections.to(`redis://127.0.0.1:${own.port}`);
        expect((await outcomeOf(publish(connection))).code).toBe('REDIS_UNAVAILABLE');
        expect(connections.logger.lines[0]).toMatch(/NOAUTH/);
      } finally {
        await own.stop();
      }
    });

    it.each<[string, RedisOption]>([
      ['a port that is none', { host: '127.0.0.1', port: 99_999 }],
      ['a host that is none', { host: 'no-such-host.invalid' }],
      ['sentinels that are away', { sentinels: [{ host: '127.0.0.1', port: 1 }], name: 'mymaster' }],
      ['sentinels without a name', { sentinels: [{ host: '127.0.0.1', port: 1 }] }],
      ['a socket that is none', { path: '/no/such.sock' }],
    ])('fails calls, the later ones at once, for %s', async (_, options) => {
      const connection = connections.to(options);
      const first = await outcomeOf(publish(connection));
      expect(['EMIT_TIMEOUT', 'REDIS_UNAVAILABLE']).toContain(first.code);
      expect(first.ms).toBeLessThan(IN_TIME_MS);
      const { code, ms } = await outcomeOf(publish(connection));
      expect(code).toBe('REDIS_UNAVAILABLE');
      expect(ms).toBeLessThan(AT_ONCE_MS);
      expect(connections.logger.with('is away')).toHaveLength(1);
      await connection.close();
      // The client keeps what asked a sentinel for 2 s.
      await released(3000);
    });
  });

  it('finds its master when a sentinel appears after the start', async () => {
    const port = await freePort();
    const options = { sentinels: [{ host: '127.0.0.1', port }], name: 'mymaster' };
    const connection = connections.to(options);
    expect((await outcomeOf(publish(connection))).code).toBe('REDIS_UNAVAILABLE');
    expect(connections.logger.lines[0]).toContain(
      'mymaster by Sentinel is away (test): no sentinel can be reached',
    );
    const sentinel = await startSentinel(port, redis.port);
    try {
      await worksAgain(connection);
    } finally {
      await connection.close();
      sentinel.close();
    }
  });

  describe('whose commands Redis refuses', () => {
    it('says so, without what was sent', async () => {
      const admin = new Redis(redis.url);
      await admin.acl('SETUSER', 'mute', 'on', '>word', '+@all', '-publish', '~*', '&*');
      admin.disconnect();
      const connection = connections.to(`redis://mute:word@127.0.0.1:${redis.port}`);
      const error: unknown = await publish(connection, 'a-secret-payload').catch((reason: unknown) => reason);
      expect(isGatewayError(error, 'REDIS_REFUSED')).toBe(true);
      expect(String(error)).toContain('NOPERM');
      expect(inspect(error, { depth: 10 })).not.toContain('a-secret-payload');
      expect(connection.isReady).toBe(true);
      expect(await connection.call((client) => client.ping())).toBe('PONG');
    });

    it('ends a call whose command throws, and those that wait with it', async () => {
      const connection = connections.to(redis.url);
      const refuse = (): never => {
        throw new Error('a command that throws');
      };
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- anything is what is tested
      const calls = [refuse, () => Promise.reject(null)].map((command) =>
        outcomeOf(connection.call(command)),
      );
      const other = outcomeOf(publish(connection));
      for (const call of calls) expect((await call).code).toBe('REDIS_UNAVAILABLE');
      expect((await other).code).toBe('answered');
    });

    it('keeps what was sent out of its errors when the connection breaks too', async () => {
      const own = await RedisProcess.start();
      const connection = connections.to(own.url);
      await publish(connection);
      own.pause();
      const error = publish(connection, 'a-secret-payload').catch((reason: unknown) => reason);
      await own.kill();
      expect(isGatewayError(await error, 'REDIS_UNAVAILABLE')).toBe(true);
      expect(inspect(await error, { depth: 10 })).not.toContain('a-secret-payload');
    });
  });

  describe('that is closed', () => {
    it('was answered what was sent before, and refuses what comes after', async () => {
      const connection = connections.to(redis.url);
      await publish(connection);
      const calls = Array.from({ length: 1000 }, () => outcomeOf(publish(connection)));
      await connection.close();
      for (const { code } of await Promise.all(calls)) expect(code).toBe('answered');
      const late = await outcomeOf(publish(connection));
      expect(late.code).toBe('EMITTER_CLOSED');
      expect(late.ms).toBeLessThan(AT_ONCE_MS);
      connection.open();
      expect(connection.isReady).toBe(false);
    });

    it('fails what waits for the first connection', async () => {
      const own = await startOwnRedis();
      try {
        own.pause();
        const connection = connections.to(own.url, { timeoutMs: 5000 });
        const call = outcomeOf(publish(connection));
        await connection.close();
        expect((await call).code).toBe('EMITTER_CLOSED');
        await released();
      } finally {
        await own.stop();
      }
    });

    it('ends in time when Redis does not answer, together with what was under way', async () => {
      const own = await startOwnRedis();
      try {
        const connection = connections.to(own.url);
        await publish(connection);
        own.pause();
        const call = outcomeOf(publish(connection));
        const closed = await outcomeOf(connection.close());
        expect(closed.ms).toBeLessThan(IN_TIME_MS);
        const { code } = await call;
        expect(['EMITTER_CLOSED', 'EMIT_TIMEOUT']).toContain(code);
        await released();
      } finally {
        await own.stop();
      }
    });

    it('is closed for all who asked at the same moment', async () => {
      const own = await RedisProcess.start();
      try {
        const connection = connections.to(own.url);
        await publish(connection);
        own.pause();
        const [first, second] = await Promise.all([
          outcomeOf(connection.close()),
          outcomeOf(connection.close()),
        ]);
        expect(Math.abs(first.ms - second.ms)).toBeLessThan(100);
      } finally {
        await own.stop();
      }
    });

    it('leaves nothing behind, at whatever moment', async () => {
      const own = await RedisProcess.start();
      await own.kill();
      for (const url of [redis.url, own.url]) {
        for (let ticks = 0; ticks < 30; ticks++) {
          const connection = connections.to(url);
          if (ticks > 0) connection.open();
          for (let tick = 1; tick < ticks; tick++) await new Promise(setImmediate);
          await connection.close();
          expect((await outcomeOf(publish(connection))).code).toBe('EMITTER_CLOSED');
        }
      }
      await released();
    });
  });
});
