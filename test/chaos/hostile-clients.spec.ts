import { AppProcess } from '../support/app-process.js';
import { connectClient, type TestClient } from '../support/connect-client.js';
import { RawSocket } from '../support/raw-socket.js';
import { Resources } from '../support/resources.js';
import { signToken, TEST_SECRET } from '../support/sign-token.js';
import { waitFor } from '../support/wait-for.js';
import { chaosForm } from './support/form.js';
import { recordTrial } from './support/trials.js';

const FULL = chaosForm().name === 'full';
const CLIENT_COUNT = 10;
/** A second's worth, at most 100 a second. */
const ECHOES_EACH = FULL ? 120 : 60;
/** Fixed beforehand: whoever adds rounds until the figure is good has measured nothing. */
const ROUNDS = FULL ? 15 : 5;
/** Below it twice as much says nothing: timers here are due by the millisecond, and the system hands a core on every few of them. */
const FLOOR_MS = 12;

/** The server, its other clients and the hostile ones are a process each: none of them does the work of another. */
const resources = new Resources();
let server: AppProcess;
let others: AppProcess;
let hostile: AppProcess;
let bystander: TestClient;
let url: string;
let port: number;

beforeAll(async () => {
  const start = async (name: string): Promise<AppProcess> =>
    resources.add(await AppProcess.start(`../../chaos/fixtures/${name}.mjs`, { JWT_SECRET: TEST_SECRET }));
  [server, others, hostile] = await Promise.all([
    start('limited-server'),
    start('echoing-clients'),
    start('flooder'),
  ]);
  port = await server.call<number>('port');
  url = `http://127.0.0.1:${port}`;
  const tokens = Array.from({ length: CLIENT_COUNT }, (_, index) => signToken(`other-${index}`));
  await others.call('connect', url, tokens);
  bystander = resources.add(await connectClient(url, 'bystander'));
  await p99();
}, 60_000);
afterAll(() => resources.stop());

/** The 99th of a hundred round trips of the other clients, in milliseconds. */
async function p99(): Promise<number> {
  const times = await others.call<number[]>('measure', ECHOES_EACH);
  return quantile(times, 0.99);
}

function quantile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * share)] as number;
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
  ['objects of 500 levels, 3 KB each', [`42["echo",${deep(500)}]`]],
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

interface Flood {
  readonly sent: number;
  readonly connections: number;
  readonly refusals: number;
}

/**
 * One round: the p99 of the others while the hostile process writes the packets to a server that throws them away in that same
 * process, and then while it writes them to the server under test. By that only what they cost the server under test differs: on a
 * machine with two cores, who only sends so much is felt by everybody too.
 */
async function round(
  packets: string[],
  userId: string,
): Promise<{ before: number; during: number; flood: Flood }> {
  await hostile.call('startInVain', packets);
  const before = await p99();
  await hostile.call('stop');
  await hostile.call('start', port, [signToken(userId)], packets);
  const during = await p99();
  const [flood] = await hostile.call<Flood[]>('stop');
  return { before, during, flood: flood as Flood };
}

it.each(ABUSES)(
  'A burst of 50,000 packets is survived, and felt by nobody else: %s',
  async (what, packets) => {
    const rounds: Awaited<ReturnType<typeof round>>[] = [];
    const median = (of: (one: (typeof rounds)[number]) => number): number => quantile(rounds.map(of), 0.5);
    while (rounds.length < ROUNDS) rounds.push(await round(packets, `mallory-${rounds.length}-${what}`));
    const before = median((one) => one.before);
    const during = median((one) => one.during);
    const ratio = during / before;
    const { connections, sent, refusals } = rounds[0]?.flood as Flood;
    recordTrial({
      trial: `a client sends a burst of ${what}`,
      extent: `as many packets as it can write, ${rounds.length} times, ${CLIENT_COUNT} other clients`,
      result:
        `p99 of the others ${before.toFixed(1)} ms without it, ${during.toFixed(1)} ms during it ` +
        `(${ratio.toFixed(1)} times); ${sent} written, ${connections} connections, ${refusals} refused`,
    });
    expect(during).toBeLessThanOrEqual(Math.max(2 * before, FLOOR_MS));
    expect(server.isRunning).toBe(true);
    expect(await others.call<number>('disconnectCount')).toBe(0);
  },
  170_000,
);

it('who floods is counted, and so is who is read more slowly', async () => {
  const counted = (limit: string): Promise<number> => server.call('count', `limited_total ${limit}`);
  expect(await counted('flood')).toBeGreaterThan(0);
  expect(await counted('flood-pause')).toBeGreaterThan(0);
  expect(await counted('bytes-per-socket')).toBeGreaterThan(0);
  // At once, and then once in ten seconds, for each of the limits.
  expect(server.lines('limits.').length).toBeLessThan(200);
});

it('Malformed packets end at most the connection that they came on', async () => {
  const send = async (packet: string, index: number): Promise<void> => {
    const raw = await RawSocket.connect(url, { token: signToken(`malformed-${index}`) });
    raw.send(packet);
    raw.send('429["echo","after"]');
    await waitFor(
      `an answer, or the end, after ${packet.slice(0, 40)}`,
      () => raw.isClosed || raw.packets.some((one) => one.startsWith('439')),
    );
    raw.close();
  };
  await Promise.all(MALFORMED.map(send));
  expect(server.isRunning).toBe(true);
  expect(await others.call<number>('disconnectCount')).toBe(0);
  expect(bystander.disconnectCount).toBe(0);
  expect(await bystander.socket.timeout(10_000).emitWithAck('echo', { ok: 1 })).toEqual({ ok: 1 });
  recordTrial({
    trial: 'clients send packets that are malformed, of wrong types, or without what they need',
    extent: `${MALFORMED.length} kinds`,
    result: 'the server lives, the others stay connected',
  });
}, 120_000);
