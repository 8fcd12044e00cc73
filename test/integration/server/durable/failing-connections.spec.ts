import { WebSocketGateway } from '@nestjs/websockets';
import { getSocketUser, SocketGatewayModule } from 'nestjs-socket-gateway';
import { connectGateway, type GatewayClient, type PositionStorage } from 'nestjs-socket-gateway/client';
import type { Socket } from 'socket.io';
import { AUTH, startGatewayApp, type GatewayApp } from '../../../support/gateway-app.js';
import { RecordingLogger } from '../../../support/recording-logger.js';
import { Resources } from '../../../support/resources.js';
import { signToken } from '../../../support/sign-token.js';
import { uniquePrefix } from '../../../support/unique-prefix.js';
import { waitFor } from '../../../support/wait-for.js';

const COUNT = 20;
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
const logger = new RecordingLogger();
let server: GatewayApp;

beforeAll(async () => {
  const gateway = SocketGatewayModule.forRoot({
    redis: '',
    prefix: uniquePrefix(),
    delivery: 'durable',
    drainMs: 0,
    auth: AUTH,
  });
  server = resources.add(
    await startGatewayApp({ gateway, metadata: { providers: [WatchingGateway] }, logger }),
  );
});
afterAll(() => resources.stop());

/** A client that is ready, and what its handlers are given: numbers, and gaps. */
async function connect(
  user: string,
  storage?: PositionStorage,
): Promise<{ client: GatewayClient; told: unknown[] }> {
  const client = connectGateway(server.url, {
    token: () => signToken(user),
    storage,
    socketOptions: { transports: ['websocket'], reconnectionDelay: 10, reconnectionDelayMax: 20 },
  });
  resources.add({ stop: () => client.close() });
  const told: unknown[] = [];
  client.on('number', (number: unknown) => void told.push(number));
  client.onGap(({ reason }) => void told.push(reason));
  await waitFor('the client to be ready', () => client.state === 'ready');
  return { client, told };
}

/** Throws once, when the connection begins to be sent a number for the first time. */
function failsOnceAt(number: number, event: 'packetCreate' | 'flush'): (socket: Socket) => void {
  let hasFailed = false;
  return ({ conn }) => {
    conn.on(event, (...args: unknown[]) => {
      const packets = (event === 'flush' ? args[0] : [args[0]]) as { data?: unknown }[];
      if (hasFailed || !packets.some(({ data }) => String(data).includes(`["number",${number},`))) return;
      hasFailed = true;
      throw new Error(`The listener of ${event} fails.`);
    });
  };
}

async function emitAll(user: string): Promise<void> {
  await Promise.all(ALL.map((number) => server.gateway.emitToUser(user, 'number', number)));
}

describe("A connection whose writing fails in the application's listener", () => {
  it.each([
    ['packetCreate', 1],
    ['packetCreate', 7],
    ['flush', 1],
    ['flush', 7],
  ] as const)(
    'to %s, at event %d, is closed; its client comes back for what it has not, and no other waits',
    async (event, number) => {
      const user = `user-${event}-${number}`;
      const before = await connect(user);
      hooks.set(user, failsOnceAt(number, event));
      const failing = await connect(user);
      hooks.delete(user);
      const after = await connect(user);
      await emitAll(user);
      for (const { told } of [before, failing, after]) {
        await waitFor('all numbers', () => told.length >= COUNT);
        expect(told).toEqual(ALL);
      }
      expect(logger.with(`The listener of ${event} fails.`)).not.toEqual([]);
      logger.lines.length = 0;
    },
  );

  it.each(['packetCreate', 'flush'] as const)(
    'to %s, while it is sent what it has missed, is closed, and its client comes back again',
    async (event) => {
      const user = `late-${event}`;
      const kept = new Map<string, string>();
      const storage = {
        getItem: (key: string) => kept.get(key) ?? null,
        setItem: (key: string, value: string) => void kept.set(key, value),
      };
      const { client, told: first } = await connect(user, storage);
      await server.gateway.emitToUser(user, 'number', 0);
      await waitFor('the first number', () => first.length === 1);
      client.close();
      await emitAll(user);
      hooks.set(user, failsOnceAt(7, event));
      const { told } = await connect(user, storage);
      await waitFor('all numbers', () => told.length >= COUNT);
      expect(told).toEqual(ALL);
      expect(logger.with(`The listener of ${event} fails.`)).toHaveLength(1);
      logger.lines.length = 0;
    },
  );
});
