import { AppProcess } from '../support/app-process.js';
import { connectClient } from '../support/connect-client.js';
import { RawSocket } from '../support/raw-socket.js';
import { RedisProcess } from '../support/redis-process.js';
import { signToken, TEST_SECRET } from '../support/sign-token.js';
import { uniquePrefix } from '../support/gateway-app.js';
import { waitFor } from '../support/wait-for.js';
import { chaosForm } from './support/form.js';
import { recordTrial } from './support/trials.js';

const FULL = chaosForm().name === 'full';
const MEGABYTES = FULL ? 150 : 40;
const MAX_GROWTH_BYTES = 20e6;

interface Emitted {
  readonly peakBytes: number;
  readonly number: number;
}

let redis: RedisProcess;
let server: AppProcess;
let url: string;

beforeAll(async () => {
  redis = await RedisProcess.start();
  server = await AppProcess.start('../../chaos/fixtures/limited-server.mjs', {
    REDIS_URL: redis.url,
    SOCKET_REDIS_CHANNEL: uniquePrefix(),
    JWT_SECRET: TEST_SECRET,
  });
  url = `http://127.0.0.1:${await server.call<number>('port')}`;
});
afterAll(async () => {
  await server.stop();
  await redis.stop();
});

const emit = (megabytes: number): Promise<Emitted> => server.call('emit', megabytes);
const slowCount = (): Promise<number> => server.call('count', 'slow_consumers_total');

/** The positions that `gateway:ready` says. */
function positionsIn(packet: string): Record<string, string> {
  const [, { rooms }] = JSON.parse(packet.slice(2)) as [
    string,
    { rooms: { room: string; position: string }[] },
  ];
  return Object.fromEntries(rooms.map(({ room, position }) => [room, position]));
}

it('A client that stops reading is disconnected, takes no memory, delays nobody, and loses nothing durable', async () => {
  const healthy = await connectClient(url, 'healthy');
  // What the heap takes without a slow client is not counted: the same load before, twice.
  await emit(MEGABYTES);
  const before = await emit(MEGABYTES);
  const slow = await RawSocket.connect(url, { token: signToken('slow') });
  const positions = positionsIn(await slow.next('42["gateway:ready"'));
  slow.tcp.pause();

  const { peakBytes, number } = await emit(MEGABYTES);
  expect(await slowCount()).toBe(1);
  await waitFor(
    'the healthy client to have everything',
    () => healthy.payloads('number').length === number,
    20_000,
  );
  expect(healthy.socket.connected).toBe(true);
  expect(healthy.disconnectCount).toBe(0);
  const growthBytes = peakBytes - before.peakBytes;
  expect(growthBytes).toBeLessThan(MAX_GROWTH_BYTES);
  expect(server.log.filter(({ text }) => text.includes('limits.maxQueuedBytes'))).toHaveLength(1);

  slow.close();
  const back = await connectClient(url, 'slow', { auth: { token: signToken('slow'), positions } });
  const missed = healthy.payloads('number').slice(before.number);
  await waitFor('it to have what it missed', () => back.payloads('number').length >= missed.length);
  expect(back.payloads('number')).toEqual(missed);
  expect(back.payloads('gateway:gap')).toEqual([]);
  for (const client of [healthy, back]) client.stop();
  recordTrial({
    trial: 'a client of a room stops reading',
    extent: `${MEGABYTES} MB are emitted to its room`,
    result: `disconnected; RSS of the server ${(growthBytes / 1e6).toFixed(0)} MB above the same load without it; back, it had all ${missed.length} durable events, once, without a gap`,
  });
}, 120_000);

it('A client that stops polling is disconnected too', async () => {
  const before = await slowCount();
  const base = `${url}/socket.io/?EIO=4&transport=polling`;
  const opened = await (await fetch(base)).text();
  const { sid } = JSON.parse(opened.slice(1)) as { sid: string };
  const session = `${base}&sid=${sid}`;
  await fetch(session, { method: 'POST', body: `40${JSON.stringify({ token: signToken('poller') })}` });
  await waitFor('it to be ready', async () =>
    (await (await fetch(session)).text()).includes('gateway:ready'),
  );
  // It asks for nothing from now on.
  await emit(5);
  await waitFor('it to be disconnected', async () => (await slowCount()) > before);
  expect((await fetch(session)).status).toBe(400);
}, 60_000);
