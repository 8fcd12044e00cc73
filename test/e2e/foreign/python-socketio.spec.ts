import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { SocketGatewayModule, type EmitResult } from 'nestjs-socket-gateway';
import { createWorkerEmitter, type WorkerEmitter } from 'nestjs-socket-gateway/worker';
import { findPythonSocketio } from '../../../scripts/lib/python-socketio.mjs';
import { startRedisServer } from '../../../scripts/lib/redis-server.mjs';
import { joinedRoom, published, TOKEN } from '../../support/expected-replies.js';
import { AUTH, startGatewayApp, type GatewayApp } from '../../support/gateway-app.js';
import { Resources } from '../../support/resources.js';
import { signToken } from '../../support/sign-token.js';
import { uniquePrefix } from '../../support/unique-prefix.js';
import { waitFor } from '../../support/wait-for.js';

const SCRIPT = fileURLToPath(new URL('fixtures/client.py', import.meta.url));

const resources = new Resources();
let server: GatewayApp;
let worker: WorkerEmitter;

/** A client in Python. Each line is what happened and what it was told. */
interface PythonClient {
  lines: unknown[][];
  has(kind: string): Promise<unknown[]>;
  /** Resolves when an event of this name has arrived. */
  heard(event: string): Promise<unknown>;
  ended: Promise<unknown>;
}

function startPython(transport: string, auth: object, ...rooms: string[]): PythonClient {
  const python = findPythonSocketio();
  if (python === undefined) throw new Error('python-socketio is missing: run the tests by `npm test`.');
  const child = spawn(python, [SCRIPT, server.url, transport, JSON.stringify(auth), ...rooms], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  resources.add({ stop: () => child.kill('SIGKILL') });
  const lines: unknown[][] = [];
  let complaints = '';
  child.stderr.on('data', (text: Buffer) => (complaints += text.toString()));
  createInterface(child.stdout).on('line', (line) => lines.push(JSON.parse(line) as unknown[]));
  const ended = once(child, 'close');
  return {
    lines,
    has: (kind) =>
      waitFor(`'${kind}' in Python`, () => {
        const line = lines.find(([first]) => first === kind);
        if (!line && child.exitCode !== null) throw new Error(`Python has ended: ${complaints}`);
        return line;
      }),
    heard: (event) =>
      waitFor(`the event '${event}'`, () => lines.some(([kind, name]) => kind === 'event' && name === event)),
    ended,
  };
}

/** The id of a durable event. */
function idOf(result: EmitResult): string {
  if (result.status !== 'published' || result.id === undefined) throw new Error(`It is ${result.status}.`);
  return result.id;
}

beforeAll(async () => {
  const { url: redis } = resources.add(await startRedisServer());
  const prefix = uniquePrefix();
  const gateway = SocketGatewayModule.forRoot({
    redis,
    prefix,
    auth: { ...AUTH, defaultRooms: ['everybody'] },
  });
  server = resources.add(await startGatewayApp({ gateway }));
  const silent = { log: () => undefined, warn: () => undefined, error: () => undefined };
  worker = createWorkerEmitter({ redis, prefix, namespace: '/', logger: silent });
  resources.add({ stop: () => worker.close() });
});

afterAll(() => resources.stop());

describe.each(['websocket', 'polling'])('a client in Python, by %s', (transport) => {
  it('is told who it is, joins rooms, and receives what servers and workers emit', async () => {
    // The latest values of the one by the other transport are there for whoever comes later.
    const user = `päul by ${transport}`;
    const token = signToken(user, { rooms: ['orders'] });
    const paul = startPython(transport, { token }, 'orders', 'secrets');
    await paul.has('listening');
    const payload = { text: 'Grüße 🎉', big: 2 ** 53 - 1, low: -1.5, list: [null, true, { deep: [] }] };
    const fromWorker = await worker.emitToUser(user, 'from-worker', payload);
    expect(fromWorker).toEqual(published(1));
    await paul.heard('from-worker');
    const fromServer = await server.gateway.emitToRoom('orders', 'from-server', payload);
    await paul.heard('from-server');
    await server.gateway.emitToUser(user, 'progress', 80, { delivery: 'latest', key: 'job 7' });
    await paul.heard('progress');
    await server.gateway.emitToUser('somebody-else', 'not-for-paul', 1);
    await server.gateway.broadcast('to-all', 7);
    await paul.heard('to-all');
    await server.gateway.emitToUser(user, 'end', null);
    await paul.ended;
    expect(paul.lines).toEqual([
      ['gateway:ready', { userId: user, rooms: [joinedRoom(`user:${user}`), joinedRoom('everybody')] }],
      ['joined', joinedRoom('orders')],
      ['joined', { ok: false, code: 'ROOM_FORBIDDEN' }],
      ['listening'],
      ['event', 'from-worker', payload, { room: `user:${user}`, id: idOf(fromWorker) }],
      ['event', 'from-server', payload, { room: 'orders', id: idOf(fromServer) }],
      ['event', 'progress', 80, { room: `user:${user}`, key: 'job 7' }],
      ['event', 'to-all', 7],
      ['disconnected'],
    ]);
  }, 60_000);

  it('goes on where it left off, and is told when it cannot', async () => {
    const userId = `returning-by-${transport}`;
    const claims = { rooms: ['orders', 'lost'] };
    const first = startPython(transport, { token: signToken(userId, claims) });
    await first.has('listening');
    const seen = idOf(await worker.emitToUser(userId, 'number', 1));
    await first.heard('number');
    await server.gateway.emitToUser(userId, 'end', null);
    await first.ended;

    const missed = idOf(await worker.emitToUser(userId, 'number', 2));
    const positions = { [`user:${userId}`]: seen, lost: '1700000000000-0.AbCdEfGh1.00000000' };
    const second = startPython(transport, {
      token: signToken(userId, claims),
      positions,
      for: userId,
    });
    await second.has('listening');
    const room = `user:${userId}`;
    // What it missed comes before it is told that it is ready; 'end', which it had not confirmed, too.
    expect(second.lines.filter(([, event]) => event === 'number')).toEqual([
      ['event', 'number', 2, { room, id: missed }],
    ]);
    expect(second.lines.findIndex(([, event]) => event === 'number')).toBeLessThan(
      second.lines.findIndex(([kind]) => kind === 'gateway:ready'),
    );
    expect(await second.has('gateway:ready')).toEqual([
      'gateway:ready',
      {
        userId,
        rooms: [
          { ...joinedRoom(room), recovered: true, replayed: 2 },
          joinedRoom('everybody'),
          { ...joinedRoom('lost'), recovered: false },
        ],
      },
    ]);
    expect(second.lines.filter(([, event]) => event === 'gateway:gap')).toEqual([
      ['event', 'gateway:gap', { room: 'lost', reason: 'expired', position: TOKEN }],
    ]);
    await second.ended;
  }, 60_000);

  it.each([
    ['without a token', {}, 'UNAUTHENTICATED'],
    ['with nonsense for a token', { token: 'nonsense' }, 'TOKEN_INVALID'],
    ['with a token that has ended', { token: signToken('paul', { exp: 1 }) }, 'TOKEN_EXPIRED'],
  ])(
    'is refused %s, and told why',
    async (_, auth, code) => {
      const stranger = startPython(transport, auth);
      await stranger.ended;
      expect(stranger.lines[0]).toEqual(['refused', { message: code, data: { code } }]);
      expect(stranger.lines.map(([kind]) => kind)).not.toContain('gateway:ready');
    },
    60_000,
  );

  it('is disconnected with its user', async () => {
    const paul = startPython(transport, { token: signToken('leaving') });
    await paul.has('listening');
    await worker.disconnectUser('leaving');
    await paul.has('disconnected');
    await paul.ended;
  }, 60_000);
});
