import { randomBytes } from 'node:crypto';
import notepack from 'notepack.io';
import { Redis } from 'ioredis';
import type { AppProcess } from '../../support/app-process.js';
import type { TestClient } from '../../support/connect-client.js';
import { startServer, startWorker, type ServerProcess } from '../../support/gateway-processes.js';
import { published } from '../../support/expected-replies.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';

const PREFIX = 'undecodable';
const LIVE = { delivery: 'live' } as const;
const CHANNELS = [
  `${PREFIX}#/#`,
  `${PREFIX}#/#user:ann#`,
  `${PREFIX}-request#/#`,
  `${PREFIX}-response#/#`,
] as const;

const resources = new Resources();
let redis: Redis;
let server: ServerProcess;
let worker: AppProcess;
let ann: TestClient;

beforeAll(async () => {
  const { url } = resources.add(await RedisProcess.start());
  redis = new Redis(url);
  resources.add({ stop: () => redis.disconnect() });
  const env = { REDIS_URL: url, SOCKET_REDIS_CHANNEL: PREFIX };
  [server, worker] = await Promise.all([startServer(resources, env), startWorker(resources, env)]);
});
beforeEach(async () => {
  ann = await server.connect('ann');
});
afterAll(() => resources.stop());

/** Sends everything on every channel, and then an event that must arrive on the same connection as all before. */
async function expectSurvival(messages: readonly (string | Buffer)[]): Promise<void> {
  await worker.call('emitToUser', 'ann', 'valid', 'before', LIVE);
  for (const message of messages) {
    for (const channel of CHANNELS) expect(await redis.publish(channel, message)).toBe(1);
  }
  expect(await worker.call('emitToUser', 'ann', 'valid', 'after', LIVE)).toEqual({ status: 'published' });
  expect(await worker.call('emitToUser', 'ann', 'kept', 1)).toEqual(published(1));
  expect(await ann.received('valid', 2)).toEqual(['before', 'after']);
  expect(await ann.received('kept')).toEqual([1]);
  expect(ann.disconnectCount).toBe(0);
  expect(server.app.isRunning).toBe(true);
}

const OPTIONS = { rooms: [], except: [], flags: {} };

/** What the adapter sends, with another packet or other options in it. */
function broadcast(packet: unknown, options: unknown = OPTIONS, uid: unknown = 'emitter'): Buffer {
  return notepack.encode([uid, packet, options]);
}

describe('A server survives, and valid events arrive before and after, when on any of its channels there', () => {
  it('are random bytes, empty messages and other text', async () => {
    const random = Array.from({ length: 300 }, (_, index) => randomBytes(index % 60));
    await expectSurvival([
      ...random,
      '',
      'null',
      '{',
      '{}',
      '[]',
      '[null]',
      '"text"',
      '0',
      '\u0000',
      '{"type":',
    ]);
  });

  it('are messages that were cut off anywhere', async () => {
    const whole = broadcast({ type: 2, data: ['cut', { a: [1, 2, { b: 'text' }] }], nsp: '/' });
    await expectSurvival(Array.from({ length: whole.length }, (_, length) => whole.subarray(0, length)));
    expect(ann.payloads('cut')).toEqual([]);
  });

  it('are well-formed values of every other shape', async () => {
    const shapes: unknown[] = [null, true, 1, 'text', [], {}, [null], [[], []], [1, 2, 3], ['a', null, null]];
    await expectSurvival([
      ...shapes.map((shape) => notepack.encode(shape)),
      ...shapes.map((shape) => JSON.stringify(shape)),
      ...shapes.map((shape) => broadcast(shape)),
      ...shapes.map((shape) => broadcast({ type: 2, data: ['shaped'], nsp: '/' }, shape)),
    ]);
  });

  it('are lengths that no memory could hold', async () => {
    const huge = Buffer.from([0xdd, 0x01, 0xff, 0xff, 0xff]);
    await expectSurvival([
      Buffer.from([0xdd, 0xff, 0xff, 0xff, 0xff]),
      Buffer.from([0xdf, 0xff, 0xff, 0xff, 0xff]),
      Buffer.from([0xdb, 0xff, 0xff, 0xff, 0xff]),
      Buffer.from([0xc6, 0x7f, 0xff, 0xff, 0xff]),
      Buffer.concat(Array.from({ length: 50 }, () => huge)),
      Buffer.alloc(200_000, 0x91),
    ]);
  });

  it('are packets that a client would take for a broken connection', async () => {
    const packets: unknown[] = [
      { type: 2, nsp: '/' },
      { type: 2, data: 'text', nsp: '/' },
      { type: 2, data: {}, nsp: '/' },
      { type: 2, data: [], nsp: '/' },
      { type: 2, data: [{}], nsp: '/' },
      { type: 2, data: ['connect'], nsp: '/' },
      { type: 2, data: ['disconnect', 1], nsp: '/' },
      { type: 2, data: ['event'], id: 'no-number', nsp: '/' },
      { type: 5, data: ['event'], attachments: 9, nsp: '/' },
      ...[0, 1, 3, 4, 6, 7, 99, -1, '2', null, {}].map((type) => ({ type, data: ['event'], nsp: '/' })),
    ];
    const requests = packets.map((packet) => ({ uid: 'x', type: 7, requestId: 'r', packet, opts: OPTIONS }));
    await expectSurvival([
      ...packets.map((packet) => broadcast(packet)),
      ...requests.map((request) => JSON.stringify(request)),
      ...requests.map((request) => notepack.encode(request)),
    ]);
  });

  it('are requests of every type in every shape', async () => {
    const types = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, -1, null, 'x', {}];
    const rests: object[] = [
      {},
      { opts: null },
      { opts: 5 },
      { opts: { rooms: 5 } },
      { opts: { rooms: ['nobody'], except: 5 }, rooms: 5 },
      { opts: { rooms: ['nobody'], except: [] }, rooms: null },
      { sid: {}, room: null },
      { requestId: {}, data: null },
      { requestId: 'r', rooms: 5 },
      { requestId: 'r', data: 'text' },
      { requestId: 'r', data: {} },
      ...['connection', 'connect', 'new_namespace', 'error', 'newListener'].flatMap((event) => [
        { data: [event] },
        { data: [event, null] },
        { data: [event, {}] },
        { data: [event, {}], requestId: 'r' },
      ]),
    ];
    const requests = types.flatMap((type) => rests.map((rest) => ({ uid: 'x', type, ...rest })));
    await expectSurvival([
      ...requests.map((request) => JSON.stringify(request)),
      ...requests.map((request) => notepack.encode(request)),
    ]);
  }, 60_000);

  it('and the log says so without repeating itself', () => {
    const lines = server.app.lines('could not be used and was dropped');
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThan(10);
    expect(server.app.output).not.toMatch(/unhandled/i);
  });
});
