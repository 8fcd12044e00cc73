import { Redis } from 'ioredis';
import type { GapMessage } from 'nestjs-socket-gateway/contract';
import type { GatewayApp } from '../../../support/gateway-app.js';
import { RoomKeys } from '../../../../src/room-log/index.js';
import { connectWith, joinedIn, positionIn, startDurableServer } from '../../../support/durable-server.js';
import type { TestClient } from '../../../support/connect-client.js';
import { RedisProcess } from '../../../support/redis/redis-process.js';
import { uniquePrefix } from '../../../support/unique-prefix.js';
import { waitFor } from '../../../support/wait-for.js';

const ROOM = 'user:ann';

let redis: RedisProcess;
let raw: Redis;
const servers: GatewayApp[] = [];

beforeAll(async () => {
  redis = await RedisProcess.start();
  raw = new Redis(redis.url);
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});
afterAll(async () => {
  await raw.quit();
  await redis.stop();
});

type Options = Parameters<typeof startDurableServer>[2];

interface Site {
  readonly prefix: string;
  readonly options: Options;
  readonly server: GatewayApp;
  readonly keys: RoomKeys;
  emit: (from: number, to: number) => Promise<void>;
}

async function start(options: Options = {}): Promise<Site> {
  const prefix = uniquePrefix();
  const server = await startDurableServer(redis.url, prefix, options);
  servers.push(server);
  return {
    server,
    prefix,
    options,
    keys: new RoomKeys({ prefix, namespace: '/', database: 0 }),
    emit: async (from, to) => {
      for (let number = from; number <= to; number++) {
        const result = await server.gateway.emitToUser('ann', 'number', number);
        expect(result.status).toBe('published');
      }
    },
  };
}

/** What a client was told of missing events. */
const gaps = (client: TestClient): GapMessage[] => client.payloads('gateway:gap') as GapMessage[];

/** A client that has seen the first events, and is away. */
async function seen({ server, emit }: Site, count: number): Promise<string> {
  const client = await connectWith(server, 'ann');
  await emit(1, count);
  await client.received('number', count);
  const position = positionIn(client, ROOM);
  client.stop();
  return position;
}

const back = (site: Site, position: string): Promise<TestClient> =>
  connectWith(site.server, 'ann', { positions: { [ROOM]: position } });

/** So that no window of the feed has what is missing: as after a while, or on another server. */
const elsewhere = async (site: Site): Promise<Site> => {
  const server = await startDurableServer(redis.url, site.prefix, site.options);
  servers.push(server);
  return { ...site, server };
};

describe('a gap is announced before the next event', () => {
  it('when the log was trimmed', async () => {
    const site = await start({ logMaxLength: 10 });
    const position = await seen(site, 2);
    await site.emit(3, 400);
    const other = await elsewhere(site);
    const client = await back(other, position);
    expect(gaps(client)).toEqual([{ room: ROOM, reason: 'trimmed', position: expect.any(String) as string }]);
    const got = client.payloads('number') as number[];
    expect(got.at(-1)).toBe(400);
    expect(got).toEqual(got.map((_, index) => 400 - got.length + 1 + index));
    expect(joinedIn(client, ROOM)).toMatchObject({ recovered: false, replayed: got.length });
    expect(client.events[0]?.name).toBe('gateway:gap');
  });

  it('when the log has expired', async () => {
    const site = await start({ logTtlMs: 1000 });
    const position = await seen(site, 2);
    await site.emit(3, 4);
    await waitFor('the log to expire', async () => (await raw.exists(site.keys.log(ROOM))) === 0);
    const client = await back(await elsewhere(site), position);
    expect(gaps(client).map(({ reason }) => reason)).toEqual(['expired']);
    await site.emit(5, 6);
    expect(await client.received('number', 2)).toEqual([5, 6]);
  });

  it('when there is more than is replayed', async () => {
    const site = await start({ maxReplay: 5 });
    const position = await seen(site, 2);
    await site.emit(3, 30);
    const client = await back(await elsewhere(site), position);
    expect(gaps(client).map(({ reason }) => reason)).toEqual(['limit']);
    expect(client.payloads('number')).toEqual([26, 27, 28, 29, 30]);
  });

  it('when Redis has forgotten what a client had seen', async () => {
    const site = await start();
    await seen(site, 2);
    const dump = await raw.dumpBuffer(site.keys.log(ROOM));
    const tail = await raw.hgetall(site.keys.tail(ROOM));
    const position = await seenMore(site, 3, 5);
    await raw.restore(site.keys.log(ROOM), 0, dump, 'REPLACE');
    await raw.del(site.keys.tail(ROOM));
    await raw.hset(site.keys.tail(ROOM), tail);
    const client = await back(await elsewhere(site), position);
    expect(gaps(client).map(({ reason }) => reason)).toEqual(['rolled-back']);
  });

  it('when an event of the log cannot be read', async () => {
    const site = await start();
    const position = await seen(site, 2);
    const tail = (await raw.hget(site.keys.tail(ROOM), 't')) as string;
    const id = await raw.xadd(site.keys.log(ROOM), '*', 'p', tail, 'n', 'ABCDEFGH1.abcd1234', 'x', 'y');
    const token = `${String(id)}.ABCDEFGH1.abcd1234`;
    await raw.hset(site.keys.tail(ROOM), 't', token);
    const client = await back(await elsewhere(site), position);
    expect(gaps(client)).toEqual([{ room: ROOM, reason: 'unreadable', position: token }]);
    await site.emit(3, 3);
    expect(await client.received('number')).toEqual([3]);
  });

  async function seenMore({ server, emit }: Site, from: number, to: number): Promise<string> {
    const client = await connectWith(server, 'ann');
    await emit(from, to);
    await client.received('number', to - from + 1);
    const position = positionIn(client, ROOM);
    client.stop();
    return position;
  }
});

describe('no gap is announced where nothing was missed', () => {
  it('in an idle room whose log has expired', async () => {
    const site = await start({ logTtlMs: 1000 });
    const position = await seen(site, 3);
    await waitFor('the log to expire', async () => (await raw.exists(site.keys.log(ROOM))) === 0);
    const client = await back(await elsewhere(site), position);
    expect(joinedIn(client, ROOM)).toMatchObject({ recovered: true, replayed: 0 });
    expect(gaps(client)).toEqual([]);
  });

  it('in a log that was trimmed behind everybody', async () => {
    const site = await start({ logMaxLength: 10 });
    const position = await seen(site, 400);
    expect(await raw.xlen(site.keys.log(ROOM))).toBeLessThan(200);
    const client = await back(await elsewhere(site), position);
    expect(joinedIn(client, ROOM)).toMatchObject({ recovered: true, replayed: 0 });
  });

  it('at a position that is the tail again after a flush, when the emitter has sent its events again', async () => {
    const site = await start();
    const first = await connectWith(site.server, 'ann');
    await site.emit(1, 3);
    await first.received('number', 3);
    await raw.flushall();
    // The next append shows that Redis has forgotten; what was acknowledged in the last seconds is appended again.
    await site.emit(4, 4);
    expect(await first.received('number', 4)).toEqual([1, 2, 3, 4]);
    expect(gaps(first).map(({ reason }) => reason)).toEqual(['rolled-back']);
    const position = positionIn(first, ROOM);
    const client = await back(await elsewhere(site), position);
    expect(joinedIn(client, ROOM)).toMatchObject({ recovered: true, replayed: 0 });
    expect(gaps(client)).toEqual([]);
  });
});
