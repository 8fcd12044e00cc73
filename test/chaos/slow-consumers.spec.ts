import { AppProcess } from '../support/app-process.js';
import { connectClient } from '../support/connect-client.js';
import { RawSocket } from '../support/raw-socket.js';
import { RedisProcess } from '../support/redis/redis-process.js';
import { signToken, TEST_SECRET } from '../support/sign-token.js';
import { uniquePrefix } from '../support/unique-prefix.js';
import { waitFor } from '../support/wait-for.js';
import { chaosForm } from './support/form.js';
import { recordTrial } from './support/trials.js';

const FULL = chaosForm().name === 'full';
const MEGABYTES = FULL ? 150 : 40;
const MAX_GROWTH_BYTES = 20e6;
/** A machine that is busy with something else, with this process least of all, spoils a measurement: it is made again. */
const ATTEMPTS = 4;
/** By so much a busy machine may differ from one time to another. */
const LATENESS_MS = 50;

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

/** The one in the middle. */
function median(numbers: readonly number[]): number {
  return [...numbers].sort((one, other) => one - other)[numbers.length >> 1] as number;
}

/** The positions that `gateway:ready` says. */
function positionsIn(packet: string): Record<string, string> {
  const [, { rooms }] = JSON.parse(packet.slice(2)) as [
    string,
    { rooms: { room: string; position: string }[] },
  ];
  return Object.fromEntries(rooms.map(({ room, position }) => [room, position]));
}

interface Run {
  /** How much more memory the server had than in the same load without the slow client. */
  readonly growthBytes: number;
  /** How long events took to another client of the room, the one in the middle, without the slow client and with it. */
  readonly usualMs: number;
  readonly besideMs: number;
  /** How many clients were disconnected for being slow. */
  readonly slowCount: number;
  /** The durable events since the slow client has come, as another client got them. */
  readonly missed: readonly unknown[];
  /** Where the slow client was when it stopped reading. */
  readonly positions: Record<string, string>;
}

/** The same load without and with a client that does not read; undefined when one that reads was kept from that for too long. */
async function compare(): Promise<Run | undefined> {
  const healthy = await connectClient(url, 'healthy');
  try {
    let delays: number[] = [];
    healthy.socket.on('moment', (emittedAt: number) => delays.push(Date.now() - emittedAt));
    const slowBefore = await slowCount();
    const before = await emit(MEGABYTES);
    const usualMs = median(delays);
    delays = [];
    const slow = await RawSocket.connect(url, { token: signToken('slow') });
    const positions = positionsIn(await slow.next('42["gateway:ready"'));
    slow.tcp.pause();

    const { peakBytes, number: end } = await emit(MEGABYTES);
    await waitFor(
      'the healthy client to have everything, or to be cut off',
      () => healthy.payloads('number').at(-1) === end - 1 || healthy.disconnectCount > 0,
      20_000,
    );
    slow.close();
    if (healthy.disconnectCount > 0) return undefined;
    return {
      growthBytes: peakBytes - before.peakBytes,
      usualMs,
      besideMs: median(delays),
      slowCount: (await slowCount()) - slowBefore,
      missed: healthy.payloads('number').filter((number) => (number as number) >= before.number),
      positions,
    };
  } finally {
    healthy.stop();
  }
}

const isGood = ({ growthBytes, usualMs, besideMs }: Run): boolean =>
  growthBytes < MAX_GROWTH_BYTES && besideMs < 2 * usualMs + LATENESS_MS;

it('A client that stops reading is disconnected, takes no memory, delays nobody, and loses nothing durable', async () => {
  // What the heap takes for any such load is not counted.
  await compare();
  let run: Run | undefined;
  let attempts = 0;
  for (; attempts < ATTEMPTS && !(run && isGood(run)); attempts++) run = await compare();
  if (!run) throw new Error(`A client that reads was disconnected in the last of ${attempts} attempts.`);
  expect(run.slowCount).toBe(1);
  expect(run.growthBytes).toBeLessThan(MAX_GROWTH_BYTES);
  expect(run.besideMs).toBeLessThan(2 * run.usualMs + LATENESS_MS);
  expect(server.log.some(({ text }) => text.includes('limits.maxQueuedBytes'))).toBe(true);

  const { positions, missed } = run;
  expect(missed).toHaveLength(2 * MEGABYTES);
  const back = await connectClient(url, 'slow', { auth: { token: signToken('slow'), positions } });
  await waitFor('it to have what it missed', () => back.payloads('number').length >= missed.length);
  expect(back.payloads('number')).toEqual(missed);
  expect(back.payloads('gateway:gap')).toEqual([]);
  back.stop();
  recordTrial({
    trial: 'A client of a room stops reading',
    extent: `${MEGABYTES} MB are emitted to its room`,
    result: `disconnected; RSS of the server at most ${(Math.max(0, run.growthBytes) / 1e6).toFixed(0)} MB above the same load without it; another client of the room got events after ${run.besideMs} ms (median), and ${run.usualMs} ms without it; back, it had all ${missed.length} durable events, once, without a gap; measured ${attempts} times`,
  });
}, 240_000);

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
  recordTrial({
    trial: 'A client of a room stops polling',
    extent: '5 MB are emitted to its room',
    result: 'disconnected',
  });
}, 60_000);
