import { randomBytes } from 'node:crypto';
import { io } from 'socket.io-client';
import { startRedisServer, type RedisServer } from '../../../scripts/lib/redis-server.mjs';
import { ChatImportsUser } from '../../support/examples/chat-imports-user.js';
import { ExampleApp } from '../../support/examples/example-app.js';

/** The states that docs/migration.md goes through. */
const apps = {
  before: () => new ExampleApp('chat-imports/before'),
  'before, with the adapter of after': () =>
    new ExampleApp('chat-imports/before', {
      path: 'chat-imports/after',
      files: ['app.module.ts', 'server.ts'],
    }),
  after: () => new ExampleApp('chat-imports/after'),
};

type State = keyof typeof apps;

describe.each<{ server: State; worker: State; arrives: boolean }>([
  { server: 'before', worker: 'before', arrives: false },
  { server: 'before', worker: 'after', arrives: true },
  { server: 'before, with the adapter of after', worker: 'after', arrives: true },
  { server: 'after', worker: 'after', arrives: true },
])(
  'The example chat-imports, with the server $server and the worker $worker',
  ({ server, worker, arrives }) => {
    let redis: RedisServer;
    let started: ExampleApp[] = [];
    let url: string;
    let ada: ChatImportsUser;
    let bob: ChatImportsUser;

    beforeAll(async () => {
      redis = await startRedisServer();
      const env = { REDIS_URL: redis.url, JWT_SECRET: randomBytes(32).toString('hex'), PORT: '0' };
      const [serverApp, workerApp] = [apps[server](), apps[worker]()];
      started = [serverApp, workerApp];
      [url] = await Promise.all([
        serverApp.start('server.js', /Listening on (http:\S+)/, env),
        workerApp.start('worker.js', /The worker waits for imports/, env),
      ]);
      [ada, bob] = await Promise.all([ChatImportsUser.login(url, 'ada'), ChatImportsUser.login(url, 'bob')]);
    }, 60_000);

    afterAll(async () => {
      for (const user of [ada, bob]) (user as ChatImportsUser | undefined)?.close();
      for (const app of started) await app.stop();
      await (redis as RedisServer | undefined)?.stop();
    });

    it('lets users talk to each other in a namespace of its own', async () => {
      ada.chat.emit('chat:say', { channel: 'lobby', text: 'hello' });
      expect(await bob.receives('chat:said')).toEqual([{ from: 'ada', text: 'hello' }]);
    });

    it('answers messages on the default namespace', async () => {
      expect(await bob.events.timeout(5000).emitWithAck('whoami')).toEqual({ userId: 'bob' });
    });

    it(
      arrives
        ? "brings the worker's event to the user's browser"
        : "loses the worker's event, though its job is done",
      async () => {
        await ada.import(3);
        if (arrives) expect(await ada.receives('import:done')).toEqual([{ rows: 3 }]);
        // Both jobs are done, and the server's own events for the second have come: whatever was sent is here.
        await ada.import(4);
        await ada.receives('import:queued', 2);
        if (arrives) await ada.receives('import:done', 2);
        expect(ada.data('import:done')).toEqual(arrives ? [{ rows: 3 }, { rows: 4 }] : []);
        expect(bob.data('import:done')).toEqual([]);
      },
      30_000,
    );

    it('lets nobody in without a token', async () => {
      for (const namespace of ['', '/chat']) {
        const socket = io(url + namespace, {
          transports: ['websocket'],
          forceNew: true,
          reconnection: false,
        });
        const refused = server === 'before' ? 'disconnect' : 'connect_error';
        const reason = await new Promise<unknown>((resolve) => socket.once(refused, resolve));
        socket.close();
        if (server !== 'before') expect(reason).toMatchObject({ data: { code: 'UNAUTHENTICATED' } });
      }
    });
  },
);

describe('The example chat-imports, with servers of both states', () => {
  let redis: RedisServer;
  let started: ExampleApp[] = [];
  let onBefore: ChatImportsUser;
  let onAfter: ChatImportsUser;

  beforeAll(async () => {
    redis = await startRedisServer();
    const env = { REDIS_URL: redis.url, JWT_SECRET: randomBytes(32).toString('hex'), PORT: '0' };
    started = [apps.before(), apps.after()];
    const urls = await Promise.all(
      started.map((app) => app.start('server.js', /Listening on (http:\S+)/, env)),
    );
    [onBefore, onAfter] = (await Promise.all(urls.map((url) => ChatImportsUser.login(url, 'ada')))) as [
      ChatImportsUser,
      ChatImportsUser,
    ];
  }, 60_000);

  afterAll(async () => {
    for (const user of [onBefore, onAfter]) (user as ChatImportsUser | undefined)?.close();
    for (const app of started) await app.stop();
    await (redis as RedisServer | undefined)?.stop();
  });

  it('brings the events of each to the users of the other', async () => {
    for (const user of [onBefore, onAfter]) await user.queue(1);
    for (const user of [onBefore, onAfter]) expect(await user.receives('import:queued', 2)).toHaveLength(2);
  });

  it('brings what is said at each to the users of the other', async () => {
    for (const user of [onBefore, onAfter]) user.chat.emit('chat:say', { channel: 'lobby', text: 'hello' });
    for (const user of [onBefore, onAfter]) expect(await user.receives('chat:said', 2)).toHaveLength(2);
  });
});
