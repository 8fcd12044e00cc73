import type { RoomEvent, RoomLog, RoomLook, Token } from '../../../../src/room-log/index.js';
import { RoomFollower, type FollowerRead } from '../../../../src/server/feed/room-follower.js';
import { SeenEvents } from '../../../../src/server/feed/seen-events.js';
import type { Random } from './random.js';
import { ReceiverTruth, type Truth } from './truth.js';

/** A receiver in the simulation. */
export interface SimulatedReceiver {
  readonly truth: ReceiverTruth;
  /** A message of the channel, if it is connected. */
  publish(event: RoomEvent): void;
  /** Does something that it might do next. */
  step(random: Random): Promise<void>;
  /** Comes to rest, without any further fault. */
  settle(): Promise<void>;
}

/** A server's feed: hears messages and reads. */
export class SimulatedServer implements SimulatedReceiver {
  readonly truth: ReceiverTruth;
  readonly #log: RoomLog;
  readonly #room: string;
  readonly #follower: RoomFollower;
  #isConnected = false;
  #inbox: RoomEvent[] = [];
  /** Wanted, and not yet made. */
  #reads: FollowerRead[] = [];
  /** Made, and the answer still on its way. */
  #looks: { readonly id: number; readonly look: RoomLook }[] = [];

  constructor(log: RoomLog, room: string, truth: Truth, name: string) {
    this.#log = log;
    this.#room = room;
    this.truth = new ReceiverTruth(truth, name);
    this.#follower = new RoomFollower({
      deliver: (event) => this.truth.delivers(event),
      gap: (reason, position) => this.truth.announces(reason, position),
      passOver: () => undefined,
      advance: (position) => this.#requirePosition(position),
      read: (read) => this.#reads.push(read),
    });
  }

  publish(event: RoomEvent): void {
    if (this.#isConnected) this.#inbox.push(event);
  }

  async step(random: Random): Promise<void> {
    const next = random.weighted({
      hear: 8,
      read: 6,
      look: 6,
      fail: 1,
      drop: 0.5,
      cut: 0.5,
      audit: 1,
      double: 0.5,
    });
    switch (next) {
      case 'hear':
        for (let count = random.between(1, 4); count > 0; count--) this.#hear();
        return;
      case 'read':
        return this.#read(random.between(1, 4));
      case 'look': {
        this.#look();
        return;
      }
      case 'fail': {
        const read = this.#reads.shift();
        if (read) this.#follower.failed(read.id);
        return;
      }
      case 'drop':
        // A refused PUBLISH, a lost message of the cluster's bus: nobody knows.
        this.#inbox.shift();
        return;
      case 'cut':
        this.#isConnected = false;
        this.#inbox = [];
        return;
      case 'audit':
        if (!this.#isConnected) this.#connect();
        else await this.#audit();
        return;
      case 'double': {
        const [first] = this.#inbox;
        if (first) this.#inbox.push(first);
      }
    }
  }

  async settle(): Promise<void> {
    // What an old connection still had comes before the news that there is a new one.
    while (this.#inbox.length > 0) this.#hear();
    this.#connect();
    this.#follower.retry();
    while (this.#reads.length + this.#looks.length > 0) {
      await this.#read(3);
      this.#look();
    }
    if (!this.#follower.isSettled) throw new Error('A follower that has nothing to do has not settled');
    this.truth.requireAll();
    const { tail } = await this.#log.attach(this.#room, null, { limit: 1 });
    if (this.#follower.position !== tail)
      throw new Error('A follower has settled elsewhere than at the tail');
  }

  #requirePosition(position: Token): void {
    if (this.#follower.position !== position) throw new Error('A follower is elsewhere than where it says');
  }

  #connect(): void {
    this.#isConnected = true;
    this.#follower.dirty();
  }

  #hear(): void {
    const event = this.#inbox.shift();
    if (event) this.#follower.message(event);
  }

  async #audit(): Promise<void> {
    const [report] = await this.#log.tails([this.#room]);
    if (report && 'tail' in report && this.#follower.position !== undefined)
      this.#follower.audited(report.tail);
    this.#follower.retry();
  }

  async #read(limit: number): Promise<void> {
    const read = this.#reads.shift();
    if (!read) return;
    const look = await this.#log.attach(this.#room, read.position, { limit, known: read.known });
    if (read.position === null) this.truth.begins();
    this.#looks.push({ id: read.id, look });
  }

  #look(): void {
    const answer = this.#looks.shift();
    if (answer) this.#follower.looked(answer.id, answer.look);
  }
}

/** A client that comes now and then with its position, and reads what it missed. */
export class SimulatedClient implements SimulatedReceiver {
  readonly truth: ReceiverTruth;
  readonly #log: RoomLog;
  readonly #room: string;
  readonly #seen = new SeenEvents();
  #position: Token | undefined;

  constructor(log: RoomLog, room: string, truth: Truth, name: string) {
    this.#log = log;
    this.#room = room;
    this.truth = new ReceiverTruth(truth, name);
  }

  publish(): void {
    // It hears nothing.
  }

  async step(random: Random): Promise<void> {
    if (random.chance(0.4)) await this.#visit(random.between(1, 4));
  }

  async settle(): Promise<void> {
    for (let pages = 0; pages < 1000; pages++) if (await this.#visit(4)) break;
    this.truth.requireAll();
  }

  /** Returns whether it has everything. */
  async #visit(limit: number): Promise<boolean> {
    const look = await this.#log.attach(this.#room, this.#position ?? null, { limit });
    if (this.#position === undefined) {
      this.truth.begins();
      this.#position = look.tail;
    } else if (look.verdict === 'chain') {
      for (const event of look.events) {
        if (event.prev !== this.#position) break;
        this.#position = event.token;
        if (this.#seen.add(event.token)) this.truth.delivers(event);
      }
    } else if (look.verdict === 'gap') {
      this.truth.announces(look.reason, look.resume);
      this.#position = look.resume;
    }
    return this.#position === look.tail;
  }
}
