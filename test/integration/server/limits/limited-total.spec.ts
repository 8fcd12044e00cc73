import { readFileSync } from 'node:fs';
import { WebSocketGateway } from '@nestjs/websockets';
import { RoomAuthorizer, type AuthenticatedUser, type LimitsOptions } from 'nestjs-socket-gateway';
import { AUTH } from '../../../support/gateway-app.js';
import { startLimitedServer, type LimitedServer } from '../../../support/limited-server.js';
import { RawSocket, textFrame } from '../../../support/raw-socket.js';
import { signToken } from '../../../support/sign-token.js';
import { waitFor } from '../../../support/wait-for.js';

/** Never answers about rooms that wait. */
class SlowAuthorizer extends RoomAuthorizer {
  mayJoin(_user: AuthenticatedUser, room: string): boolean | Promise<boolean> {
    return room.startsWith('slow') ? new Promise(() => undefined) : room.startsWith('open');
  }
}

@WebSocketGateway({ namespace: 'other' })
class OtherGateway {}

/** What the application has beside its limits. It never finds out about one user whether it was revoked. */
const APPLICATION = {
  classes: { authorizer: SlowAuthorizer },
  metadata: { providers: [OtherGateway] },
  options: {
    auth: {
      ...AUTH,
      isRevoked: ({ id }: AuthenticatedUser) => id === 'slow' && new Promise<boolean>(() => undefined),
    },
  },
};

const opened: RawSocket[] = [];

function open(url: string): RawSocket {
  const raw = new RawSocket(url);
  opened.push(raw);
  return raw;
}

type Break = (server: LimitedServer) => Promise<unknown>;

async function connect(server: LimitedServer): Promise<RawSocket> {
  const raw = open(server.url);
  await raw.next('0');
  raw.send(`40${JSON.stringify({ token: signToken('ada') })}`);
  await waitFor('an answer', () => raw.isClosed || raw.packets.length > 1);
  return raw;
}

/** A client that sends a packet so often, all at once. */
const sends =
  (packet: (index: number) => string, count: number): Break =>
  async (server) => {
    const raw = await connect(server);
    raw.tcp.write(Buffer.concat(Array.from({ length: count }, (_, index) => textFrame(packet(index)))));
  };

/** Clients that come one after the other. */
const comes =
  (count: number): Break =>
  async (server) => {
    for (let n = 0; n < count; n++) await connect(server);
  };

/** Clients that never say who they are. */
const staysSilent =
  (count: number): Break =>
  async (server) => {
    for (let n = 0; n < count; n++) {
      const raw = open(server.url);
      await waitFor('an answer', () => raw.packets.length > 0 || raw.answer.includes('HTTP/1.1 4'));
    }
  };

const large = (): string => `42["line","${'x'.repeat(20_000)}"]`;
const join =
  (start: string) =>
  (index: number): string =>
    `42["gateway:join",{"room":"${start}:${index}"}]`;

/** By label of the counter: what the limit is, and the client that breaks it. */
const BROKEN: [string, LimitsOptions, Break][] = [
  ['packet-size', { maxPacketBytes: 1024 }, sends(() => `42["${'x'.repeat(2000)}"]`, 1)],
  ['events-per-socket', { eventsPerSecond: { perSocket: 5 } }, sends(() => '42["line"]', 20)],
  ['events-per-user', { eventsPerSecond: { perUser: 5 } }, sends(() => '42["line"]', 20)],
  ['flood', { eventsPerSecond: { perSocket: 5 } }, sends(() => '42["line"]', 200)],
  ['bytes-per-socket', { bytesPerSecond: { perSocket: 16_384 } }, sends(large, 1)],
  ['bytes-per-user', { bytesPerSecond: { perUser: 16_384 } }, sends(large, 1)],
  [
    'flood-pause',
    { eventsPerSecond: { perSocket: 5 } },
    async (server) => {
      await sends(() => '42["line"]', 200)(server);
      await waitFor('a flood', () => server.limited('flood'));
      await comes(1)(server);
    },
  ],
  ['handshakes-per-user', { handshakesPerSecond: { perUser: 1 } }, comes(7)],
  [
    'handshakes-per-address',
    { handshakesPerSecond: { refusedPerAddress: 1 } },
    async (server) => {
      for (let n = 0; n < 7; n++) {
        const raw = open(server.url);
        await waitFor('an answer', () => raw.packets.length > 0 || raw.answer.includes('HTTP/1.1 4'));
        raw.close();
      }
    },
  ],
  ['handshakes-per-socket', { handshakesPerSecond: { perUser: 1 } }, sends(() => '40/none,', 10)],
  [
    'handshakes-twice',
    {},
    async (server) => {
      const raw = open(server.url);
      await raw.next('0');
      for (let n = 0; n < 2; n++) raw.send(`40${JSON.stringify({ token: signToken('slow') })}`);
    },
  ],
  [
    'namespaces',
    { namespacesPerConnection: 1 },
    sends(() => `40/other,${JSON.stringify({ token: signToken('ada') })}`, 1),
  ],
  ['rooms', { roomsPerSocket: 1 }, sends(join('open'), 3)],
  ['joins', { joinsInFlight: 1 }, sends(join('slow'), 3)],
  ['checks-per-user', { checksPerSecond: 1 }, sends(join('closed'), 20)],
  ['connections', { connectionsPerUser: 1 }, comes(2)],
  ['handshake', { handshakeTimeoutMs: 200 }, staysSilent(1)],
  ['unauthenticated', { unauthenticatedPerAddress: 1 }, staysSilent(2)],
];

/** The labels that the runbook names. */
function documented(): string[] {
  const text = readFileSync('docs/operations.md', 'utf8').split('### SocketGatewayLimited')[1] ?? '';
  const means = text.split('**Users see**')[0] ?? '';
  const words = [...means.matchAll(/`([a-z-]+)`/g)].map(([, word]) => word as string);
  return words.filter((word) => word !== 'limit');
}

it('limited_total has the labels that the runbook names', () => {
  expect(BROKEN.map(([label]) => label).sort()).toEqual(documented().sort());
});

describe('A client that breaks a limit', () => {
  let server: LimitedServer;
  afterEach(async () => {
    for (const raw of opened.splice(0)) raw.close();
    await server.stop();
  });

  it.each(BROKEN)('is counted with the label %s', async (label, limits, breakIt) => {
    server = await startLimitedServer(limits, APPLICATION);
    expect(server.limited(label)).toBe(0);
    await breakIt(server);
    await waitFor(`limited_total of ${label}`, () => server.limited(label) > 0);
  });
});
