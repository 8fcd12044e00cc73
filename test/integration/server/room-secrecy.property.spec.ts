import fc from 'fast-check';
import type { AuthenticatedUser, Delivery } from 'nestjs-socket-gateway';
import { createWorkerEmitter, type WorkerEmitter } from 'nestjs-socket-gateway/worker';
import { allows, Eavesdropper } from '../../support/secrecy/eavesdropper.js';
import { CAME_AS_PUT, DELIVERIES, NAMES, step, USERS } from '../../support/secrecy/steps.js';
import { isAsked, means, roomsIn, type Drawn, type Step } from '../../support/secrecy/steps.js';
import { startDurableServer } from '../../support/durable-server.js';
import type { GatewayApp } from '../../support/gateway-app.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { signToken } from '../../support/sign-token.js';
import { uniquePrefix } from '../../support/unique-prefix.js';
import { waitFor } from '../../support/wait-for.js';
import { chaosForm } from '../../chaos/support/form.js';
import { recordTrial } from '../../chaos/support/trials.js';

const DEFAULT_ROOMS = ['{news}'];

/** How many runs there are, unless they have taken so long before. */
const EXTENT = chaosForm().name === 'full' ? { runs: 100, enoughMs: 90_000 } : { runs: 15, enoughMs: 15_000 };

const revoked = new Set<unknown>();
let redis: RedisProcess;
let servers: GatewayApp[];
let worker: WorkerEmitter;
/** One client of each server that stays: by what it hears, what the server has carried out is known. */
let witnesses: Eavesdropper[];
let jti = 0;
let n = 0;

beforeAll(async () => {
  redis = await RedisProcess.start();
  const prefix = uniquePrefix();
  const isRevoked = ({ claims }: AuthenticatedUser): boolean => revoked.has(claims['jti']);
  const auth = { defaultRooms: DEFAULT_ROOMS, isRevoked };
  servers = await Promise.all([0, 1].map(() => startDurableServer(redis.url, prefix, { auth })));
  worker = createWorkerEmitter({ redis: redis.url, prefix });
  const token = signToken('witness', { jti });
  witnesses = servers.map(({ url }) => new Eavesdropper(url, 'witness', [], jti, { token }));
});
afterAll(async () => {
  for (const one of witnesses) one.stop();
  await worker.close();
  await Promise.all(servers.map((server) => server.stop()));
  await redis.stop();
});

/** Four clients on two servers: two of ada, one of bob, one of a user whose name looks like something else. */
class Run {
  readonly clients: Eavesdropper[] = [];
  /** Every position that was seen, of whatever room. */
  readonly positions: string[] = [];
  /** When commands about rooms are given in this round, in their order. */
  #arrived: Promise<unknown> = Promise.resolve();
  /** A room that all who are connected are in since the round has settled. */
  #marker = '';

  async start(): Promise<void> {
    for (const index of [0, 1, 2, 3]) this.#connect(index, ['a', '#'], [], {});
    await this.#settle();
  }

  /** Carries the steps out all at once, and then holds every client to what it may hear from now on. */
  async round(drawn: readonly Drawn[]): Promise<void> {
    // Before anything happens: the own room of a socket that is gone has no name any more.
    const steps = drawn.map((one) => ({ ...one, names: roomsIn(one).map((room) => this.#name(room)) }));
    const connected = [...this.clients];
    const isAwaited = steps.some((one) => one.does === 'connect' && one.isAwaited);
    this.#arrived = Promise.resolve().then(() => (isAwaited ? this.#decided() : undefined));
    const done = Promise.all(steps.map((one, index) => this.#take(one, index, steps, connected)));
    // All has begun, and nothing has arrived.
    for (const one of new Set([...connected, ...this.clients])) {
      one.permit(this.#possible(one, steps, connected));
      this.#command(one, steps, connected);
    }
    await done;
    await this.#settle();
    for (const one of this.clients) one.permit(one.rooms(DEFAULT_ROOMS));
    await this.#probe();
    expect(this.clients.flatMap(({ violations }) => violations)).toEqual([]);
  }

  stop(): void {
    for (const client of this.clients) client.stop();
  }

  /** While it all happens, nobody can say what came first: each may hear what it might have been allowed at any time. */
  #possible(one: Eavesdropper, steps: readonly Step[], connected: readonly Eavesdropper[]): string[] {
    const index = connected.indexOf(one);
    const tokens = steps.flatMap((s) => (s.does === 'refresh' && s.member === index ? s.claims : []));
    const maybe = NAMES.filter((name) => allows([...one.claims, ...tokens], name));
    const put = steps.flatMap((s) => (s.does === 'put' && means(s, one, connected) ? s.names : []));
    return [...one.rooms(DEFAULT_ROOMS), ...maybe, ...put];
  }

  /**
   * What commands make of a client; what one emitter commands is carried out in the order in which it does. They mean who is
   * there at that time: who connects in this moment may be put into rooms, too, or have come too late for it.
   */
  #command(client: Eavesdropper, steps: readonly Step[], connected: readonly Eavesdropper[]): void {
    for (const one of steps) {
      const [name] = one.names;
      if (name === undefined || !means(one, client, connected)) continue;
      if (one.does === 'put') client.put.add(name);
      if (one.does !== 'take') continue;
      client.put.delete(name);
      if (connected.includes(client) && !isAsked(name, steps)) client.asked.delete(name);
    }
  }

  async #take(
    one: Step,
    index: number,
    steps: readonly Step[],
    clients: readonly Eavesdropper[],
  ): Promise<void> {
    const [name = ''] = one.names;
    if (one.does === 'emit') return this.#emit(name, one.delivery);
    const client = clients[one.member] as Eavesdropper;
    const who =
      'one' in one && one.one ? { socketId: client.socket.id ?? 'gone' } : { userId: client.userId };
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
        await this.#arrived;
        return worker.joinRoom(who, name);
      case 'take':
        await this.#arrived;
        return worker.leaveRoom(who, name);
      case 'connect':
        // The one that another step of this round may have connected.
        this.clients[one.member]?.stop();
        this.#connect(one.member, one.claims, one.names, this.#from(one.from));
        return;
      case 'disconnect':
        return worker.disconnectUser(client.userId);
      case 'revoke': {
        const meant = clients.filter(({ userId }) => userId === client.userId);
        for (const each of meant) revoked.add(each.jti);
        await worker.revokeUser(client.userId);
        for (const each of meant) await waitFor('a revoked client to go', () => !each.isConnected);
      }
    }
  }

  #gone(client: Eavesdropper, name: string, steps: readonly Step[]): void {
    if (steps.some((one) => one.does === 'put' && one.names.includes(name))) return;
    client.put.delete(name);
    if (!isAsked(name, steps)) client.asked.delete(name);
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

  #connect(index: number, rooms: readonly string[], names: readonly string[], start: object): void {
    const userId = USERS[[0, 0, 1, 2 + (n % 2)][index] as number] as string;
    const { position, ...rewind } = start as { position?: string };
    const id = ++jti;
    const auth = {
      token: this.#token(userId, rooms, id),
      ...rewind,
      ...(position === undefined
        ? { rooms: names }
        : { positions: Object.fromEntries(names.map((name) => [name, position])) }),
    };
    const client = new Eavesdropper(servers[index % 2]?.url as string, userId, rooms, id, auth);
    for (const name of names) client.asked.add(name);
    client.permit(client.rooms(DEFAULT_ROOMS));
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
    await this.#decided();
    const all = [...witnesses, ...this.clients];
    const marker = (this.#marker = `marker ${++n}`);
    const ids = all.flatMap(({ socket }) => (socket.connected ? [socket.id as string] : []));
    for (const socketId of ids) await worker.joinRoom({ socketId }, marker);
    await worker.emitToRoom(marker, 'marker', { room: marker, n: ++n });
    const mark = n;
    // A server that none of the clients is on has commands, too, and must not carry them out in the next round.
    for (const one of witnesses) await waitFor('the marker', () => one.seen.has(mark));
    for (const one of this.clients) await waitFor('the marker', () => !one.isConnected || one.seen.has(mark));
  }

  async #decided(): Promise<void> {
    await Promise.all([...witnesses, ...this.clients].map((one) => one.decided()));
  }

  /** To every room an event of each kind, and to each client one that it must hear after them. */
  async #probe(): Promise<void> {
    const names = [...NAMES, ...this.clients.map(({ socket }) => socket.id).filter((id) => id !== undefined)];
    for (const delivery of DELIVERIES) await Promise.all(names.map((name) => this.#emit(name, delivery)));
    // Not by their users' own rooms: the application may have taken them out.
    const last = { room: this.#marker, n: ++n };
    await worker.emitToRoom(last.room, 'marker', last, { delivery: 'durable' });
    for (const one of this.clients) {
      await waitFor('the last one', () => !one.isConnected || one.seen.has(last.n));
      await one.request('gateway:leave', { room: 'nowhere' });
    }
  }
}

it('no event of a room reaches a socket that is not, or no longer, allowed in it', async () => {
  // A machine that is busy carries out fewer, and each of them to its end.
  const enough = performance.now() + EXTENT.enoughMs;
  const done = { runs: 0, steps: 0 };
  const before = n;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 4 }),
      async (rounds) => {
        if (performance.now() > enough) return;
        const run = new Run();
        try {
          await run.start();
          for (const steps of rounds) await run.round(steps);
        } finally {
          run.stop();
        }
        done.runs++;
        done.steps += rounds.flat().length;
      },
    ),
    { numRuns: EXTENT.runs, examples: CAME_AS_PUT.map((rounds) => [rounds]) },
  );
  recordTrial({
    trial:
      'Random joins, leaves, commands, newer and revoked tokens, forged and foreign positions, all at once',
    extent: `${done.runs} runs of 4 clients on 2 servers, ${done.steps} steps`,
    result: `${n - before} events in rooms of every kind: 0 reached a socket that was not, or no longer, allowed in the room`,
  });
}, 180_000);
