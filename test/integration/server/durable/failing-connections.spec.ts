import { WebSocketGateway } from '@nestjs/websockets';
import { getSocketUser } from 'nestjs-socket-gateway';
import { connectGateway, type GatewayClient, type PositionStorage } from 'nestjs-socket-gateway/client';
import type { Socket } from 'socket.io';
import { startServerApplication } from '../../../support/applications.js';
import type { GatewayApp } from '../../../support/gateway-app.js';
import { Resources } from '../../../support/resources.js';
import { signToken } from '../../../support/sign-token.js';
import { waitFor } from '../../../support/wait-for.js';

const COUNT = 20;
const LOG_LENGTH = 50;
const ALL = Array.from({ length: COUNT }, (_, index) => index + 1);

/** What an application does with each connection of a user. */
const hooks = new Map<string, (socket: Socket) => void>();

@WebSocketGateway()
class WatchingGateway {
  handleConnection(socket: Socket): void {
    hooks.get(getSocketUser(socket)?.id ?? '')?.(socket);
  }
}

const resources = new Resources();
let server: GatewayApp;

beforeAll(async () => {
  const options = { redis: '', logMaxLength: LOG_LENGTH };
  server = await startServerApplication(resources, options, { providers: [WatchingGateway] });
});
afterAll(() => resources.stop());

/** A client that is ready, and what its handlers are given: numbers, and gaps. */
async function connect(
  user: string,
  {
    storage,
    transport = 'websocket',
  }: { storage?: PositionStorage; transport?: 'websocket' | 'polling' } = {},
): Promise<{ client: GatewayClient; told: unknown[] }> {
  const client = connectGateway(server.url, {
    token: () => signToken(user),
    storage,
    socketOptions: { transports: [transport], reconnectionDelay: 10, reconnectionDelayMax: 20 },
  });
  resources.add({ stop: () => client.close() });
  const told: unknown[] = [];
  client.on('number', (number: unknown) => void told.push(number));
  client.onGap(({ reason }) => void told.push(reason));
  await waitFor('the client to be ready', () => client.state === 'ready');
  return { client, told };
}

type EngineEvent = 'packetCreate' | 'flush';

/** A listener to a user's connections that throws once, when this text is to be sent, and to the end of that one too. */
class FailingListener {
  hasFailed = false;

  constructor(user: string, event: EngineEvent, text: string) {
    hooks.set(user, (socket) => this.#listen(socket, event, text));
  }

  #listen(socket: Socket, event: EngineEvent, text: string): void {
    let isFailing = false;
    socket.conn.on(event, (...args: unknown[]) => {
      const packets = (event === 'flush' ? args[0] : [args[0]]) as { data?: unknown }[];
      if (this.hasFailed || !packets.some(({ data }) => String(data).includes(text))) return;
      this.hasFailed = isFailing = true;
      throw new Error('This listener fails.');
    });
    socket.on('disconnect', () => {
      if (isFailing) throw new Error('This one too.');
    });
  }
}

async function emitAll(user: string): Promise<void> {
  await Promise.all(ALL.map((number) => server.gateway.emitToUser(user, 'number', number)));
}

/** Where a client's positions outlive it. */
function keptPositions(): PositionStorage {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
  };
}

/** A client that has seen one number and is away; resolves with its positions. */
async function away(user: string): Promise<PositionStorage> {
  const storage = keptPositions();
  const { client, told } = await connect(user, { storage });
  await server.gateway.emitToUser(user, 'number', 0);
  await waitFor('the first number', () => told.length === 1);
  client.close();
  return storage;
}

const EVENTS = ['packetCreate', 'flush'] as const;

describe("A connection whose writing fails in the application's listener", () => {
  it.each(EVENTS.flatMap((event) => [1, 7].map((number) => [event, number] as const)))(
    'to %s, at event %d, is closed; its client comes back for what it has not, and no other waits',
    async (event, number) => {
      const user = `user-${event}-${number}`;
      const before = await connect(user);
      const listener = new FailingListener(user, event, `["number",${number},`);
      const failing = await connect(user);
      hooks.delete(user);
      const after = await connect(user);
      await emitAll(user);
      for (const { told } of [before, failing, after]) {
        await waitFor('all numbers', () => told.length >= COUNT);
        expect(told).toEqual(ALL);
      }
      expect(listener.hasFailed).toBe(true);
    },
  );

  it('is answered at once when it polls, so that its client need not find out by itself', async () => {
    const listener = new FailingListener('polling', 'packetCreate', '["number",7,');
    const { told } = await connect('polling', { transport: 'polling' });
    await emitAll('polling');
    await waitFor('all numbers', () => told.length >= COUNT);
    expect(told).toEqual(ALL);
    expect(listener.hasFailed).toBe(true);
  });

  it.each(EVENTS)('to %s, while it is sent what it has missed, is closed as well', async (event) => {
    const user = `late-${event}`;
    const storage = await away(user);
    await emitAll(user);
    const listener = new FailingListener(user, event, '["number",7,');
    const { told } = await connect(user, { storage });
    await waitFor('all numbers', () => told.length >= COUNT);
    expect(told).toEqual(ALL);
    expect(listener.hasFailed).toBe(true);
  });

  it.each(EVENTS)('to %s, while it is told of a gap, is closed, and leaves nothing behind', async (event) => {
    const user = `gap-${event}`;
    const storage = await away(user);
    const many = Array.from({ length: 8 * LOG_LENGTH }, (_, index) => index + 1);
    for (const number of many) await server.gateway.emitToUser(user, 'number', number);
    const other = await connect(user);
    const listener = new FailingListener(user, event, '["gateway:gap",');
    const back = await connect(user, { storage });
    const { told } = back;
    await waitFor('the newest number', () => told.at(-1) === many.at(-1));
    expect(told).toEqual(['trimmed', ...many.slice(-told.length + 1)]);
    expect(listener.hasFailed).toBe(true);
    for (const { client } of [back, other]) client.close();
    await waitFor('nobody to be there', async () => !(await server.gateway.isUserOnline(user)));
  });
});
