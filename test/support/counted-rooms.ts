import { setTimeout as delay } from 'node:timers/promises';
import {
  connectGateway,
  type GapMessage,
  type GapReason,
  type GatewayClient,
} from 'nestjs-socket-gateway/client';
import type { EmitResult, WorkerEmitter } from 'nestjs-socket-gateway/worker';
import type { Resources } from './resources.js';
import { signToken } from './sign-token.js';
import { waitFor } from './wait-for.js';

/** So many that they are in all parts of a cluster of three. */
const ROOM_COUNT = 20;

/** How long what Redis does by itself may take: noticing that a node is gone, and putting another in its place. */
const OUTAGE_MS = 30_000;

const EMIT_EVERY_MS = 20;

interface Site {
  readonly resources: Resources;
  readonly emitter: WorkerEmitter;
  /** Of a server. */
  readonly url: string;
}

/** Rooms to each of which a worker emits the numbers from 0, and clients that are to be shown all of them. */
export class CountedRooms {
  readonly names = Array.from({ length: ROOM_COUNT }, (_, index) => `room-${index}`);
  readonly #site: Site;
  #count = 0;

  constructor(site: Site) {
    this.#site = site;
  }

  /** How many have been emitted to each room. */
  get count(): number {
    return this.#count;
  }

  /** Emits the next number to each room; resolves to what became of them. */
  async emitToAll(): Promise<EmitResult['status'][]> {
    const number = this.#count++;
    const results = await Promise.all(
      this.names.map((room) => this.#site.emitter.emitToRoom(room, 'tick', number)),
    );
    return results.map(({ status }) => status);
  }

  /** Emits until something else has ended. */
  async emitDuring(other: Promise<unknown>): Promise<void> {
    const over = new AbortController();
    const end = (): void => over.abort();
    other.then(end, end);
    while (!over.signal.aborted) await Promise.all([this.emitToAll(), delay(EMIT_EVERY_MS)]);
    await other;
  }

  /** Emits until Redis takes nothing of a room. */
  async emitUntilQueued(): Promise<void> {
    await waitFor('emits to wait', async () => (await this.emitToAll()).includes('queued'), OUTAGE_MS);
  }

  /** Emits until Redis takes everything. */
  async emitUntilPublished(): Promise<void> {
    const isPublished = async (): Promise<boolean> =>
      (await this.emitToAll()).every((status) => status === 'published');
    await waitFor('emits to be published', isPublished, OUTAGE_MS);
  }

  /** Resolves when a client is in all rooms. */
  async join(): Promise<CountingMember> {
    const { url, resources } = this.#site;
    const client = connectGateway(url, {
      token: signToken('ada', { rooms: ['room-*'] }),
      rooms: this.names,
      socketOptions: { transports: ['websocket'] },
    });
    resources.add({ stop: () => client.close() });
    const member = new CountingMember(client, this);
    await waitFor('the client to be ready', () => client.state === 'ready');
    return member;
  }
}

/** A client in all rooms, and what it was shown since it came. */
export class CountingMember {
  readonly client: GatewayClient;
  readonly #gaps: GapMessage[] = [];
  readonly #rooms: CountedRooms;
  readonly #shown: ReadonlyMap<string, number[]>;
  readonly #since: number;

  constructor(client: GatewayClient, rooms: CountedRooms) {
    this.client = client;
    this.#rooms = rooms;
    this.#since = rooms.count;
    this.#shown = new Map(rooms.names.map((room) => [room, []]));
    client.on('tick', (number, meta) => void this.#shown.get(meta?.room ?? '')?.push(number as number));
    client.onGap((gap) => this.#gaps.push(gap));
  }

  /**
   * Resolves when it was shown all that was emitted since it came, and nothing twice or out of order.
   *
   * @param allowed gaps that it may have been told of; none unless given
   */
  async hasAll(allowed: readonly GapReason[] = []): Promise<void> {
    const { count, names } = this.#rooms;
    const expected = Array.from({ length: count - this.#since }, (_, index) => this.#since + index);
    await waitFor(
      `${expected.length} events in each room`,
      () => [...this.#shown.values()].every((numbers) => numbers.length >= expected.length),
      OUTAGE_MS,
    );
    for (const room of names) expect([room, this.#shown.get(room)]).toEqual([room, expected]);
    expect(this.#gaps.filter(({ reason }) => !allowed.includes(reason))).toEqual([]);
  }

  leave(): void {
    this.client.close();
  }
}
