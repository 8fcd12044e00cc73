import fc from 'fast-check';
import type { AuthenticatedUser, Delivery } from 'nestjs-socket-gateway';
import { createWorkerEmitter, type WorkerEmitter } from 'nestjs-socket-gateway/worker';
import { allows, Eavesdropper } from '../../support/secrecy/eavesdropper.js';
import { startDurableServer } from '../../support/durable-server.js';
import { uniquePrefix, type GatewayApp } from '../../support/gateway-app.js';
import { RedisProcess } from '../../support/redis-process.js';
import { signToken } from '../../support/sign-token.js';
import { waitFor } from '../../support/wait-for.js';

const DEFAULT_ROOMS = ['{news}'];
const USERS = ['ada', 'bob', '*', '\u0430da'] as const;
const DELIVERIES = ['live', 'latest', 'durable'] as const satisfies Delivery[];

/** Names that mean something to somebody: to Redis, to channels, to objects, to readers, or to this library. */
const NAMES = [
  ...['#', '*', '{}', '[a]', 'a', 'a#b', '}', '{a}b', '/#', '?', '\\', 'a:1log', '__proto__', '0', 'a,b'],
  ...['caf\u00e9', '\uff41', 'x'.repeat(256), '\u00e9'.repeat(128), 'announcements-global', '{news}'],
  ...USERS.map((user) => `user:${user}`),
  'user:\u1ea1da',
];
const CLAIMS = [...NAMES, '*', 'a*', 'user:*', '[*', 's*', 'socket:*', 'cafe\u0301'];

const revoked = new Set<unknown>();
let redis: RedisProcess;
let servers: GatewayApp[];
let worker: WorkerEmitter;
let jti = 0;
let n = 0;

beforeAll(async () => {
  redis = await RedisProcess.start();
  const prefix = uniquePrefix();
  const isRevoked = ({ claims }: AuthenticatedUser): boolean => revoked.has(claims['jti']);
  const auth = { defaultRooms: DEFAULT_ROOMS, isRevoked };
  servers = await Promise.all([0, 1].map(() => startDurableServer(redis.url, prefix, { auth })));
  worker = createWorkerEmitter({ redis: redis.url, prefix });
});
afterAll(async () => {
  await worker.close();
  await Promise.all(servers.map((server) => server.stop()));
  await redis.stop();
});

const room = fc.nat(NAMES.length + 3);
const member = fc.nat(3);
const claims = fc.uniqueArray(fc.constantFrom(...CLAIMS), { maxLength: 5 });
const from = fc.constantFrom('now', 'all', 'forged');
const step = fc.oneof(
  fc.record({ does: fc.constant('join' as const), member, room, from }),
  fc.record({ does: fc.constant('leave' as const), member, room }),
  fc.record({ does: fc.constant('refresh' as const), member, claims }),
  fc.record({ does: fc.constant('put' as const), member, room, one: fc.boolean() }),
  fc.record({ does: fc.constant('take' as const), member, room, one: fc.boolean() }),
  fc.record({ does: fc.constant('emit' as const), room, delivery: fc.constantFrom(...DELIVERIES) }),
  fc.record({
    does: fc.constant('connect' as const),
    member,
    claims,
    rooms: fc.array(room, { maxLength: 4 }),
    from,
  }),
  fc.record({ does: fc.constantFrom('revoke' as const, 'disconnect' as const), member }),
);
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

/** Four clients on two servers: two of ada, one of bob, one of a user whose name looks like something else. */
class Run {
  readonly clients: Eavesdropper[] = [];
  /** Every position that was seen, of whatever room. */
  readonly positions: string[] = [];

  async start(): Promise<void> {
    for (const index of [0, 1, 2, 3]) this.#connect(index, ['a', '#'], [], {});
    await this.#settle();
  }

  /** Carries the steps out all at once, and then holds every client to what it may hear from now on. */
  async round(steps: readonly Step[]): Promise<void> {
    const [before, connected] = [new Map<Eavesdropper, string[]>(), [...this.clients]];
    for (const one of connected) before.set(one, one.rooms(DEFAULT_ROOMS));
    // While it all happens, nobody can say what came first: each may hear what it might have been allowed at any time.
    for (const one of connected) {
      const index = connected.indexOf(one);
      const tokens = steps.flatMap((s) => (s.does === 'refresh' && s.member === index ? s.claims : []));
      const names = [...NAMES, ...this.clients.map(({ socket }) => socket.id ?? 'gone')];
      const maybe = names.filter((name) => allows([...one.claims, ...tokens], name));
      const put = steps.flatMap((s) => (s.does === 'put' && this.#means(s, one) ? [this.#name(s.room)] : []));
      one.permit([...(before.get(one) ?? []), ...maybe, ...put]);
    }
    await Promise.all(steps.map((one, index) => this.#take(one, index, steps, connected)));
    await this.#settle();
    for (const one of this.clients) one.permit(one.rooms(DEFAULT_ROOMS));
    await this.#probe();
    expect(this.clients.flatMap(({ violations }) => violations)).toEqual([]);
  }

  stop(): void {
    for (const client of this.clients) client.stop();
  }

  async #take(
    one: Step,
    index: number,
    steps: readonly Step[],
    clients: readonly Eavesdropper[],
  ): Promise<void> {
    if (one.does === 'emit') return this.#emit(this.#name(one.room), one.delivery);
    const client = clients[one.member] as Eavesdropper;
    const name = 'room' in one ? this.#name(one.room) : '';
    const who =
      'one' in one && one.one ? { socketId: client.socket.id ?? 'gone' } : { userId: client.userId };
    const meant = clients.filter((each) =>
      'one' in one && one.one ? each === client : each.userId === client.userId,
    );
    switch (one.does) {
      case 'join':
        if ((await client.request('gateway:join', { room: name, ...this.#from(one.from) }))?.ok)
          client.asked.add(name);
        return;
      case 'leave':
        if ((await client.request('gateway:leave', { room: name }))?.ok) this.#gone(client, name, steps);
        return;
      case 'refresh': {
        // One at a time: the order of two is not known here.
        if (steps.slice(0, index).some((s) => s.does === 'refresh' && s.member === one.member)) return;
        const token = this.#token(client.userId, one.claims, client.jti);
        const reply = await client.request('gateway:refresh', { token });
        if (reply?.ok) client.claims = one.claims;
        return;
      }
      case 'put':
        for (const each of meant) each.put.add(name);
        return worker.joinRoom(who, name);
      case 'take':
        // What one emitter commands is carried out in the order in which it does.
        for (const each of meant) each.put.delete(name);
        for (const each of meant) if (!this.#isAsked(name, steps)) each.asked.delete(name);
        return worker.leaveRoom(who, name);
      case 'connect':
        client.stop();
        this.#connect(one.member, one.claims, one.rooms, this.#from(one.from));
        return;
      case 'disconnect':
      case 'revoke':
        if (one.does === 'disconnect') return worker.disconnectUser(client.userId);
        for (const each of meant) revoked.add(each.jti);
        await worker.revokeUser(client.userId);
        for (const each of meant) await waitFor('a revoked client to go', () => !each.isConnected);
    }
  }

  #gone(client: Eavesdropper, name: string, steps: readonly Step[]): void {
    const isPut = steps.some((one) => one.does === 'put' && this.#name(one.room) === name);
    if (!isPut) client.put.delete(name);
    if (!isPut && !this.#isAsked(name, steps)) client.asked.delete(name);
  }

  /** Whether a client may have joined the room in the same moment, after it was taken out of it. */
  #isAsked(name: string, steps: readonly Step[]): boolean {
    return steps.some((one) => one.does === 'join' && this.#name(one.room) === name);
  }

  #means(one: Step, client: Eavesdropper): boolean {
    return 'member' in one && this.clients[one.member]?.userId === client.userId;
  }

  /** A room of the list, or the own room of one of the sockets. */
  #name(index: number): string {
    return NAMES[index] ?? this.clients[index - NAMES.length]?.socket.id ?? 'a';
  }

  #from(kind: string): object {
    if (kind === 'all') return { rewind: 'all' };
    return kind === 'forged' && this.positions.length > 0
      ? { position: this.positions.at(n % this.positions.length) }
      : {};
  }

  #token(userId: string, rooms: readonly string[], id: number): string {
    return signToken(userId, { rooms, jti: id });
  }

  #connect(index: number, rooms: readonly string[], asked: readonly number[], start: object): void {
    const userId = USERS[[0, 0, 1, 2 + (n % 2)][index] as number] as string;
    const { position, ...rewind } = start as { position?: string };
    const names = asked.map((one) => this.#name(one));
    const id = ++jti;
    const auth = {
      token: this.#token(userId, rooms, id),
      ...rewind,
      ...(position === undefined
        ? { rooms: names }
        : { positions: Object.fromEntries(names.map((name) => [name, position])) }),
    };
    const url = servers[index % 2]?.url as string;
    const client = new Eavesdropper(url, userId, rooms, id, auth);
    for (const name of names) client.asked.add(name);
    client.permit(client.rooms(DEFAULT_ROOMS).concat(NAMES.filter((name) => allows(rooms, name))));
    this.clients[index] = client;
  }

  async #emit(name: string, delivery: Delivery): Promise<void> {
    const options =
      delivery === 'live' || !name.startsWith('socket:') ? { delivery } : { delivery: 'live' as const };
    const result = await worker.emitToRoom(name, `secret ${delivery}`, { room: name, n: ++n }, options);
    if ('id' in result && result.id) this.positions.push(result.id);
  }

  /** All are let in or out, and commands have been carried out: an acknowledged request comes after both. */
  async #settle(): Promise<void> {
    await Promise.all(this.clients.map((one) => one.decided()));
    const marker = `marker ${++n}`;
    for (const one of this.clients) {
      if (one.isConnected) await worker.joinRoom({ socketId: one.socket.id as string }, marker);
    }
    await worker.emitToRoom(marker, 'marker', { room: marker, n: ++n });
    const mark = n;
    for (const one of this.clients) {
      await waitFor('the marker', () => !one.isConnected || one.seen.has(mark));
    }
  }

  /** To every room an event of each kind, and to each client one that it must hear after them. */
  async #probe(): Promise<void> {
    const names = [...NAMES, ...this.clients.map(({ socket }) => socket.id).filter((id) => id !== undefined)];
    for (const delivery of DELIVERIES) await Promise.all(names.map((name) => this.#emit(name, delivery)));
    await Promise.all(USERS.map((user) => this.#emit(`user:${user}`, 'durable')));
    const fence = n;
    const own = new Map<string, number>();
    for (const [index, user] of USERS.entries()) own.set(user, fence - USERS.length + 1 + index);
    for (const one of this.clients) {
      await waitFor('the last one', () => !one.isConnected || one.seen.has(own.get(one.userId) as number));
      await one.request('gateway:leave', { room: 'nowhere' });
    }
  }
}

it('no event of a room reaches a socket that is not, or no longer, allowed in it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 4 }),
      async (rounds) => {
        const run = new Run();
        try {
          await run.start();
          for (const steps of rounds) await run.round(steps);
        } finally {
          run.stop();
        }
      },
    ),
    { numRuns: 15, interruptAfterTimeLimit: 15_000, markInterruptAsFailure: false },
  );
}, 60_000);
