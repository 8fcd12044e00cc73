import { setTimeout as delay } from 'node:timers/promises';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import type { Socket } from 'socket.io-client';
import { RawSocket } from '../../../support/raw-socket.js';
import { startLimitedServer, type LimitedServer } from '../../../support/limited-server.js';
import { signToken } from '../../../support/sign-token.js';
import { waitFor } from '../../../support/wait-for.js';

const heard: unknown[] = [];

@WebSocketGateway({ namespace: 'board' })
class BoardGateway {
  @SubscribeMessage('draw')
  draw(@MessageBody() line: unknown): { ok: true } {
    heard.push(line);
    return { ok: true };
  }
}

const LIMITED = { ok: false, code: 'RATE_LIMITED' };

let server: LimitedServer;

/** What the acknowledgements of so many events say. */
async function draw(userId: string, count: number): Promise<object[]> {
  const client = await server.open('/board', userId);
  const emits = Array.from({ length: count }, (_, n) => client.socket.timeout(10_000).emitWithAck('draw', n));
  return Promise.all(emits) as Promise<object[]>;
}

/** Asks until it is taken; faster would be a flood. */
async function untilTaken(socket: Socket, line: string): Promise<void> {
  await waitFor('an event to be taken again', async () => {
    await delay(100);
    const reply = (await socket.timeout(10_000).emitWithAck('draw', line)) as { ok: boolean };
    return reply.ok;
  });
}

describe('Events above the rate of a connection', () => {
  beforeAll(async () => {
    const limits = { eventsPerSecond: { perSocket: 20, perUser: 1000 } };
    server = await startLimitedServer(limits, { metadata: { providers: [BoardGateway] } });
  });
  beforeEach(() => heard.splice(0));
  afterAll(() => server.stop());

  it('are answered with RATE_LIMITED, in the namespaces of the application too, and reach no handler', async () => {
    const replies = await draw('ada', 100);
    const refused = replies.filter((reply) => 'code' in reply);
    expect(refused.length).toBeGreaterThanOrEqual(40);
    expect(refused[0]).toEqual(LIMITED);
    expect(replies.length - refused.length).toBe(heard.length);
    expect(server.limited('events-per-socket')).toBe(refused.length);
  });

  it('are dropped where nobody asks for an answer, and those of the next second are taken', async () => {
    const { socket } = await server.open('/board', 'bob');
    for (let n = 0; n < 100; n++) socket.emit('draw', n);
    await untilTaken(socket, 'late');
    expect(heard).toContain('late');
    expect(heard.length).toBeLessThan(100);
  });

  it('are refused whole when they have attachments, and the connection goes on', async () => {
    const { socket } = await server.open('/board', 'cat');
    const drawing = Array.from({ length: 60 }, () =>
      socket.timeout(10_000).emitWithAck('draw', Buffer.from('binary')),
    );
    const replies = (await Promise.all(drawing)) as object[];
    expect(replies).toContainEqual(LIMITED);
    await untilTaken(socket, 'whole');
    expect(socket.connected).toBe(true);
  });

  it('count by their size too', async () => {
    const { socket } = await server.open('/board', 'dan');
    const large = 'x'.repeat(90_000);
    const replies = (await Promise.all(
      Array.from({ length: 10 }, () => socket.timeout(10_000).emitWithAck('draw', large)),
    )) as object[];
    expect(replies.filter((reply) => 'code' in reply).length).toBeGreaterThanOrEqual(4);
  });

  it('that are far above it end the connection, whose client is told why', async () => {
    const client = await server.connect('eve');
    for (let n = 0; n < 1000; n++) client.socket.emit('flood', n);
    expect(await client.received('gateway:disconnecting', 1, 10_000)).toEqual([{ code: 'RATE_LIMITED' }]);
    await waitFor('the end of the connection', () => !client.socket.connected);
    expect(server.limited('flood')).toBe(1);
  });

  it('end a connection that is in no namespace yet', async () => {
    const raw = new RawSocket(server.url);
    await raw.next('0');
    for (let n = 0; n < 300; n++) raw.send('40/nowhere,{}');
    await raw.closed();
  });
});

describe('Events above the rate of a user', () => {
  beforeAll(async () => {
    const limits = { eventsPerSecond: { perSocket: 1000, perUser: 20 } };
    server = await startLimitedServer(limits, { metadata: { providers: [BoardGateway] } });
  });
  afterAll(() => server.stop());

  it('are refused on all connections of the user, and on those of others none', async () => {
    const [first, second, other] = await Promise.all([draw('ada', 30), draw('ada', 30), draw('bob', 5)]);
    expect([...first, ...second]).toContainEqual(LIMITED);
    expect(other).toEqual(Array(5).fill({ ok: true }));
    expect(server.limited('events-per-user')).toBeGreaterThan(0);
    expect(server.limited('events-per-socket')).toBe(0);
  });
});

describe('A packet above maxPacketBytes', () => {
  beforeAll(async () => {
    server = await startLimitedServer({ maxPacketBytes: 2000 }, { metadata: { providers: [BoardGateway] } });
  });
  afterAll(() => server.stop());

  it.each(['websocket', 'polling'])('is not read, and counted, over %s', async (transport) => {
    const before = server.limited('packet-size');
    const { socket } = await server.open('/board', 'ada', { transports: [transport] });
    expect(await socket.timeout(10_000).emitWithAck('draw', 'x'.repeat(1000))).toEqual({ ok: true });
    heard.splice(0);
    socket.emit('draw', 'x'.repeat(3000));
    await waitFor('it to be counted', () => server.limited('packet-size') > before);
    expect(heard).toEqual([]);
  });

  it('is not read from who has not been authenticated', async () => {
    const raw = new RawSocket(server.url);
    await raw.next('0');
    raw.send(`40${JSON.stringify({ token: signToken('ada'), padding: 'x'.repeat(3000) })}`);
    await raw.closed();
  });
});
