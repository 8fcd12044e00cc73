import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { SocketGatewayModule } from 'nestjs-socket-gateway';
import { createWorkerEmitter, type WorkerEmitter } from 'nestjs-socket-gateway/worker';
import { findPythonSocketio } from '../../../scripts/lib/python-socketio.mjs';
import { startRedisServer } from '../../../scripts/lib/redis-server.mjs';
import { AUTH, startGatewayApp, uniquePrefix, type GatewayApp } from '../../support/gateway-app.js';
import { Resources } from '../../support/resources.js';
import { signToken } from '../../support/sign-token.js';
import { waitFor } from '../../support/wait-for.js';

const SCRIPT = fileURLToPath(new URL('fixtures/client.py', import.meta.url));

const resources = new Resources();
let server: GatewayApp;
let worker: WorkerEmitter;

/** A client in Python. Each line is what happened and what it was told. */
interface PythonClient {
  lines: unknown[][];
  has(kind: string): Promise<unknown[]>;
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
    ended,
  };
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
    const token = signToken('päul', { rooms: ['orders'] });
    const paul = startPython(transport, { token }, 'orders', 'secrets');
    await paul.has('listening');
    const payload = { text: 'Grüße 🎉', big: 2 ** 53 - 1, low: -1.5, list: [null, true, { deep: [] }] };
    expect(await worker.emitToUser('päul', 'from-worker', payload)).toEqual({ status: 'published' });
    await waitFor('the event of the worker', () => paul.lines.some(([, event]) => event === 'from-worker'));
    await server.gateway.emitToRoom('orders', 'from-server', payload);
    await server.gateway.emitToUser('somebody-else', 'not-for-paul', 1);
    await server.gateway.broadcast('to-all', 7);
    await server.gateway.emitToUser('päul', 'end', null);
    await paul.ended;
    expect(paul.lines).toEqual([
      [
        'gateway:ready',
        {
          userId: 'päul',
          rooms: [
            { room: 'user:päul', ok: true },
            { room: 'everybody', ok: true },
          ],
        },
      ],
      ['joined', { ok: true, room: 'orders' }],
      ['joined', { ok: false, code: 'ROOM_FORBIDDEN' }],
      ['listening'],
      ['event', 'from-worker', payload],
      ['event', 'from-server', payload],
      ['event', 'to-all', 7],
      ['disconnected'],
    ]);
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
