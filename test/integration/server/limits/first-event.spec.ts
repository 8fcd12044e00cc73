import { WebSocketGateway } from '@nestjs/websockets';
import { RedisIoAdapter } from 'nestjs-socket-gateway';
import { startLimitedServer, type LimitedServer } from '../../../support/limited-server.js';
import { signToken } from '../../../support/sign-token.js';
import { waitFor } from '../../../support/wait-for.js';

@WebSocketGateway({ namespace: 'board' })
class BoardGateway {}

const IDLE = ['disconnect', 'error'];
const REQUESTS = ['gateway:ack', 'gateway:join', 'gateway:leave', 'gateway:refresh'];

let server: LimitedServer;
beforeEach(async () => {
  server = await startLimitedServer({}, { metadata: { providers: [BoardGateway] } });
});
afterEach(() => server.stop());

/** To what the server listens of the gateway's sockets. */
function heard(): (string | symbol)[][] {
  const { namespace } = server.app.get(RedisIoAdapter);
  return [...(namespace?.sockets.values() ?? [])].map((socket) => socket.eventNames().sort());
}

it('The server listens to the requests of a client from its first event on, which is answered', async () => {
  const { socket } = await server.connect('ada');
  expect(heard()).toEqual([IDLE]);
  const reply: unknown = await socket.timeout(10_000).emitWithAck('gateway:join', { room: 'user:ada' });
  expect(reply).toMatchObject({ ok: true, room: 'user:ada' });
  expect(heard()).toEqual([[...IDLE, ...REQUESTS].sort()]);
});

it('A namespace that a client enters after its first event is listened to as well, each of them once', async () => {
  const { socket } = await server.connect('ada');
  const refresh = { token: signToken('ada') };
  const refreshed: unknown = await socket.timeout(10_000).emitWithAck('gateway:refresh', refresh);
  const board = socket.io.socket('/board', { auth: refresh });
  await waitFor('the namespace', () => board.connected);
  const onBoard: unknown = await board.timeout(10_000).emitWithAck('gateway:refresh', refresh);
  const again: unknown = await socket.timeout(10_000).emitWithAck('gateway:refresh', refresh);
  for (const reply of [refreshed, onBoard, again]) expect(reply).toMatchObject({ ok: true });
  const { namespace } = server.app.get(RedisIoAdapter);
  const [own] = [...(namespace?.sockets.values() ?? [])];
  expect(own?.listenerCount('gateway:refresh')).toBe(1);
});

it('A client that polls and goes over to a websocket is heard by both, and its flood ends it', async () => {
  await server.stop();
  server = await startLimitedServer({ eventsPerSecond: { perSocket: 20 } });
  const { socket } = await server.connect('ada', { transports: ['polling', 'websocket'] });
  const refresh = { token: signToken('ada') };
  const before: unknown = await socket.timeout(10_000).emitWithAck('gateway:refresh', refresh);
  await waitFor('the websocket', () => socket.io.engine.transport.name === 'websocket');
  const after: unknown = await socket.timeout(10_000).emitWithAck('gateway:refresh', refresh);
  for (const reply of [before, after]) expect(reply).toMatchObject({ ok: true });
  for (let n = 0; n < 1000; n++) socket.emit('flood', n);
  await waitFor('the end of the connection', () => server.limited('flood') === 1);
});
