import { isGatewayError } from '../../contract/index.js';
import type { CauseLog } from '../../logging/index.js';
import type { UndecodableMessages } from '../../redis/index.js';
import { NO_METRICS, type GatewayMetrics } from '../../metrics/index.js';
import type { RoomLog } from '../../room-log/index.js';
import { FeedRoom } from './feed-room.js';
import type { FeedRoomSettings } from './feed-room.settings.js';
import { LookTurns } from './look-turns.js';
import type { RoomChannels } from './room-channels.interface.js';
import type { RoomListener } from './room-listener.interface.js';

/** How long a room is followed after nobody wants it any more: a page that is reloaded comes back. */
const LINGER_MS = 10_000;

/** How often the tails of all rooms are compared with what was heard, give or take a fifth. */
const AUDIT_EVERY_MS = 60_000;

/** How often recent events are forgotten: each after one to two such times. */
const PRUNE_EVERY_MS = 5000;

/** How many characters of messages wait in all rooms together for a look at the log; above it they are read instead. */
const MAX_HELD_CHARS = 16 * 1024 * 1024;

export interface RoomFeedSettings {
  readonly log: RoomLog;
  readonly channels: RoomChannels;
  readonly causes: CauseLog;
  /** The most events that are replayed to a receiver. */
  readonly maxReplay: number;
  /** Told of rooms whose log cannot be read for what is in it. @default it is logged only */
  readonly undecodable?: UndecodableMessages | undefined;
  readonly metrics?: GatewayMetrics | undefined;
}

/**
 * Follows the rooms that somebody in this process wants: keeps their durable events in order and without holes, whatever
 * happens to messages and connections. protocol.md, "Feed".
 */
export class RoomFeed {
  readonly #settings: RoomFeedSettings;
  readonly #rooms = new Map<string, FeedRoom>();
  readonly #ofRooms: FeedRoomSettings;
  readonly #lingering = new Map<string, NodeJS.Timeout>();
  readonly #timers: NodeJS.Timeout[];
  readonly #stopListening: readonly (() => void)[];
  #heldChars = 0;
  #isClosed = false;

  constructor(settings: RoomFeedSettings) {
    this.#settings = settings;
    const { log, channels, maxReplay, metrics = NO_METRICS } = settings;
    this.#ofRooms = {
      log,
      turns: new LookTurns(),
      maxReplay,
      holes: metrics.counter('holes_filled_total'),
      onFailure: (error) => this.#reportFailure(error),
      onHeld: (room, chars) => this.#boundHeld(room, chars),
    };
    this.#stopListening = [
      channels.onConfirmed((rooms) => {
        for (const room of rooms) this.#rooms.get(room)?.confirmed();
      }),
      channels.onMessage((room, message) => this.#rooms.get(room)?.message(message)),
      log.onReady(() => {
        for (const room of this.#rooms.values()) room.logIsReady();
      }),
    ];
    this.#timers = [
      setInterval(() => this.#prune(), PRUNE_EVERY_MS).unref(),
      setInterval(() => void this.#audit(), AUDIT_EVERY_MS * (0.8 + 0.4 * Math.random())).unref(),
    ];
  }

  /** Whether the log can be read at this moment. */
  get isLogReady(): boolean {
    return this.#settings.log.isReady;
  }

  get roomCount(): number {
    return this.#rooms.size;
  }

  /**
   * Follows a room for a listener, the only one of the room. The log is looked at before anything that this process appends
   * later: a gateway that emits to a user in `handleConnection` reaches that very connection.
   */
  follow(name: string, listener: RoomListener): FeedRoom {
    clearTimeout(this.#lingering.get(name));
    this.#lingering.delete(name);
    let room = this.#rooms.get(name);
    if (!room) {
      room = new FeedRoom(name, this.#ofRooms);
      this.#rooms.set(name, room);
      this.#settings.channels.follow(name);
      room.begin();
    }
    room.listener = listener;
    return room;
  }

  /** Nobody wants the room any more. It is followed for a while nevertheless. */
  leave(name: string): void {
    const room = this.#rooms.get(name);
    if (!room || this.#isClosed) return;
    room.listener = undefined;
    if (this.#lingering.has(name)) return;
    this.#lingering.set(name, setTimeout(() => this.#forget(name), LINGER_MS).unref());
  }

  /** Compares what was heard with the log, now: for what must not wait for the next audit. */
  async audit(): Promise<void> {
    await this.#audit();
  }

  close(): void {
    this.#isClosed = true;
    for (const stop of this.#stopListening) stop();
    for (const timer of [...this.#timers, ...this.#lingering.values()]) clearTimeout(timer);
    for (const [name, room] of this.#rooms) {
      room.close();
      this.#settings.channels.unfollow(name);
    }
    this.#rooms.clear();
    this.#lingering.clear();
  }

  #forget(name: string): void {
    this.#lingering.delete(name);
    this.#rooms.get(name)?.close();
    this.#rooms.delete(name);
    this.#settings.channels.unfollow(name);
  }

  #boundHeld(room: Pick<FeedRoom, 'dropHeld'>, chars: number): void {
    this.#heldChars += chars;
    if (chars > 0 && this.#heldChars > MAX_HELD_CHARS) room.dropHeld();
  }

  #prune(): void {
    for (const room of this.#rooms.values()) room.prune();
  }

  /** It finds what was lost without a disconnect: a refused PUBLISH, a moved slot, a dropped message of a cluster. */
  async #audit(): Promise<void> {
    const rooms = [...this.#rooms.values()].filter(({ position }) => position !== undefined);
    if (rooms.length === 0 || !this.isLogReady) return;
    try {
      const reports = await this.#settings.log.tails(rooms.map(({ name }) => name));
      for (const [index, room] of rooms.entries()) {
        const report = reports[index];
        if (!report || this.#rooms.get(room.name) !== room) continue;
        if ('error' in report) this.#reportFailure(report.error);
        else room.audited(report.tail, report.latestVersion);
      }
    } catch (error) {
      this.#reportFailure(error);
    }
  }

  /** That Redis is away has been said already, by its connection. */
  #reportFailure(error: unknown): void {
    if (isGatewayError(error) && error.retryable) return;
    this.#settings.undecodable?.count('log');
    const { message } = error as { message?: unknown };
    this.#settings.causes.error('feed-read', `A room's log could not be read: ${String(message)}`);
  }
}
