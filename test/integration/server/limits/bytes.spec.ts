import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { startLimitedServer, type LimitedServer } from '../../../support/limited-server.js';
import { controlFrame, RawSocket } from '../../../support/raw-socket.js';
import { signToken } from '../../../support/sign-token.js';
import { waitFor } from '../../../support/wait-for.js';

const heard: string[] = [];

@WebSocketGateway({ namespace: 'board' })
class BoardGateway {
  @SubscribeMessage('draw')
  draw(@MessageBody() line: string): { length: number } {
    heard.push(line);
    return { length: line.length };
  }
}

const LARGE = 'x'.repeat(20_000);
const COUNT = 15;
const metadata = { providers: [BoardGateway] };

let server: LimitedServer;
beforeEach(() => heard.splice(0));
afterEach(() => server.stop());

/** Draws large lines, and returns how long that has taken, in milliseconds. */
async function draw(userId: string, transport = 'websocket'): Promise<number> {
  const { socket } = await server.open('/board', userId, { transports: [transport] });
  const startedAt = performance.now();
  for (let n = 0; n < COUNT; n++) {
    const answer: unknown = await socket.timeout(20_000).emitWithAck('draw', LARGE);
    expect(answer).toEqual({ length: LARGE.length });
  }
  return performance.now() - startedAt;
}

describe('A client that sends more bytes than it may', () => {
  it.each(['websocket', 'polling'])(
    'is read more slowly, over %s, and loses nothing',
    async (transport) => {
      server = await startLimitedServer({ bytesPerSecond: { perSocket: 100_000 } }, { metadata });
      // 300 kB at 100 kB a second, of which 25 may come at once.
      expect(await draw('ada', transport)).toBeGreaterThan(2000);
      expect(heard).toHaveLength(COUNT);
      expect(server.limited('bytes-per-socket')).toBeGreaterThan(0);
      expect(server.limited('bytes-per-user')).toBe(0);
    },
    30_000,
  );
});

describe('Connections', () => {
  it('of a user are read more slowly together, and those of others are not', async () => {
    server = await startLimitedServer({ bytesPerSecond: { perUser: 200_000 } }, { metadata });
    const [first, second, other] = await Promise.all([draw('ada'), draw('ada'), draw('bob')]);
    // 600 kB at 200 kB a second, of which 50 may come at once.
    expect(Math.max(first, second)).toBeGreaterThan(2000);
    expect(other).toBeLessThan(Math.max(first, second));
    expect(server.limited('bytes-per-user')).toBeGreaterThan(0);
    expect(server.limited('bytes-per-socket')).toBe(0);
  }, 30_000);

  it('of an address that have no user are read more slowly together', async () => {
    server = await startLimitedServer({ bytesPerSecond: { perUser: 16_384 } }, { metadata });
    const silent = new RawSocket(server.url);
    await silent.next('0');
    silent.send(`40/nowhere,${JSON.stringify({ padding: LARGE })}`);
    await waitFor('it to be counted', () => server.limited('bytes-per-user') > 0);
    silent.close();
  });
});

describe('Frames of a websocket', () => {
  it.each([
    ['pings', 0x9],
    ['pongs', 0xa],
  ])('end a connection where they bring no message: %s', async (_, opcode) => {
    server = await startLimitedServer({ eventsPerSecond: { perSocket: 20 } });
    const raw = await RawSocket.connect(server.url, { token: signToken('ada') });
    raw.tcp.write(Buffer.concat(Array.from({ length: 500 }, () => controlFrame(opcode))));
    expect(await raw.next('42["gateway:disconnecting"')).toContain('RATE_LIMITED');
    await raw.closed();
    expect(server.limited('flood')).toBe(1);
  });

  it.each(['3', '6', '5'])('end a connection where they are the engine’s own: %s', async (packet) => {
    server = await startLimitedServer({ eventsPerSecond: { perSocket: 20 } });
    const raw = await RawSocket.connect(server.url, { token: signToken('ada') });
    for (let n = 0; n < 500; n++) raw.send(packet);
    await raw.closed();
    expect(server.limited('flood')).toBe(1);
  });
});
