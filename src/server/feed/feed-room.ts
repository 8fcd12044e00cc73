import { isGatewayError, type GapReason } from '../../contract/index.js';
import type { Counter } from '../../metrics/index.js';
import type {
  LatestValues,
  Position,
  RoomEvent,
  RoomLog,
  RoomLook,
  RoomMessage,
  Token,
} from '../../room-log/index.js';
import { RoomFollower, type FollowerRead, type FollowerSink } from './room-follower.js';
import { RoomLatest } from './room-latest.js';
import { SharedLooks } from './shared-looks.js';
import { RoomWindow } from './room-window.js';

/** Who is told what happens in a room that is followed. */
export interface RoomListener {
  /** The next durable event. */
  event(event: RoomEvent): void;
  /** An event that was delivered before is in the log a second time: Redis had forgotten it, and it was sent again. */
  repeated(event: RoomEvent): void;
  /** The newest value of a key. */
  latest(key: string, data: string): void;
  /** The latest values are being read. */
  latestReadBegins(): void;
  /** They were read: what differs from what was told before has just been told. */
  latestSynced(values: LatestValues): void;
  /** Durable events are missing before the next one; `position` is where it goes on. */
  gap(reason: GapReason, position: Token): void;
  /** A receiver that has everything up to `position` gets from now on exactly what it has not. */
  reached(position: Token): void;
}

/** What all rooms of a feed have in common. */
export interface FeedRoomSettings {
  readonly log: RoomLog;
  /** The most events that are replayed to a receiver. */
  readonly maxReplay: number;
  /** Told that a look failed, so that it is logged. */
  readonly onFailure: (error: unknown) => void;
  /** Told by how many characters a room holds more messages, or fewer. */
  readonly onHeld: (room: FeedRoom, chars: number) => void;
  /** Counts the looks that found events whose messages had not come. */
  readonly holes: Counter;
}

/** The pause after a look that failed though the log is there: doubling, with jitter. */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5000;

/** How many events one look of the feed itself fetches after a rollback. */
const FILL_LIMIT = 256;

/**
 * One room that is followed: its messages and looks at its log become one sequence for a listener. There is one for each
 * user who is connected, so it makes what it may never need only when it does.
 */
export class FeedRoom implements FollowerSink {
  readonly name: string;
  /** Who is told; nobody while the room lingers. */
  listener: RoomListener | undefined;
  readonly #settings: FeedRoomSettings;
  readonly #follower: RoomFollower;
  #looks: SharedLooks | undefined;
  #latest: RoomLatest | undefined;
  #window: RoomWindow | undefined;
  #heldChars = 0;
  #failureCount = 0;
  #retryTimer: NodeJS.Timeout | undefined;
  #newest: { readonly count: number; readonly look: Promise<RoomLook> } | undefined;
  #isClosed = false;

  constructor(name: string, settings: FeedRoomSettings) {
    this.name = name;
    this.#settings = settings;
    this.#follower = new RoomFollower(this);
  }

  /** Where the room is; undefined before the first look. */
  get position(): Token | undefined {
    return this.#follower.position;
  }

  /** The version of the latest values that have been told: empty when there never was one. */
  get latestVersion(): string {
    return this.#latest?.version ?? '';
  }

  /** Whether all latest values that are known of have been told. */
  get isLatestSettled(): boolean {
    return !this.#latest || this.#latest.isSettled;
  }

  get droppedCount(): number {
    return this.#follower.droppedCount;
  }

  /**
   * Begins to follow, where the room is at this moment: what is emitted from now on is delivered, though its messages may
   * not come yet.
   */
  begin(): void {
    this.#follower.dirty();
  }

  /** Its messages come from this moment on: on a new subscription, or on one made anew. */
  confirmed(): void {
    this.#follower.dirty();
  }

  message(message: RoomMessage): void {
    if (message.type === 'latest') this.#ownLatest().message(message);
    else {
      const cleared = message.type === 'cleared' ? message : message.cleared;
      if (cleared) this.#ownLatest().cleared(cleared);
      if (message.type === 'event') this.#follower.message(message.event);
      this.#latest?.eventHeard();
    }
    this.#accountHeld();
  }

  /** What the audit found. */
  audited(tail: Token, latestVersion: string): void {
    this.#follower.audited(tail);
    this.#learnVersion(latestVersion);
  }

  /** The log can be read again: looks that failed need not wait for their time. */
  logIsReady(): void {
    if (this.#retryTimer) this.#retry();
  }

  /** Throws away the messages that are held, and reads them from the log. */
  dropHeld(): void {
    this.#follower.dropHeld();
    this.#latest?.dropHeld();
    this.#accountHeld();
  }

  /** The events after a position, if they are in memory. */
  recentAfter(position: Token): RoomEvent[] | undefined {
    return this.#window?.after(position);
  }

  /** Looks at the log, together with whoever else does at this moment. */
  look(position: Position | null): Promise<RoomLook> {
    const { log, maxReplay } = this.#settings;
    // One more than may be replayed shows that there are more.
    this.#looks ??= new SharedLooks(log, this.name, maxReplay + 1);
    return this.#looks.look(position);
  }

  /** The newest `count` events; one look for all who ask for as many in one tick. */
  newest(count: number): Promise<RoomLook> {
    if (this.#newest?.count === count) return this.#newest.look;
    const look = Promise.resolve().then(() => {
      this.#newest = undefined;
      return this.#settings.log.newest(this.name, count, { latest: true });
    });
    this.#newest = { count, look };
    return look;
  }

  /** Reads the latest values, for those who have not been told them: `latestSynced` follows. */
  syncLatest(): void {
    this.#ownLatest().sync();
  }

  /** Somebody else's look shows that the log is ahead of what has been heard. */
  learn(look: RoomLook): void {
    this.#follower.audited(look.tail);
    this.#learnVersion(look.latestVersion);
  }

  /** Forgets what can be had again. */
  prune(): void {
    this.#window?.prune();
    if (this.#window?.isEmpty) this.#window = undefined;
    if (this.#looks?.isIdle) this.#looks = undefined;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retryTimer);
    this.#settings.onHeld(this, -this.#heldChars);
  }

  /** Of its follower; as are the next four. */
  deliver(event: RoomEvent): void {
    this.#keep(event);
    this.listener?.event(event);
  }

  passOver(event: RoomEvent): void {
    this.#keep(event);
    this.listener?.repeated(event);
  }

  gap(reason: GapReason, position: Token): void {
    this.listener?.gap(reason, position);
  }

  advance(position: Token): void {
    this.listener?.reached(position);
    this.#latest?.reached(position);
  }

  read({ id, position, known }: FollowerRead): void {
    const { log, onFailure } = this.#settings;
    const look = known ? log.attach(this.name, position, { limit: FILL_LIMIT, known }) : this.look(position);
    look
      .then(
        (answer) => {
          if (this.#isClosed) return;
          this.#failureCount = 0;
          if (answer.latest) this.#beginLatest(answer.latest);
          if (answer.verdict === 'chain') {
            this.#settings.holes.inc();
            this.#latest?.eventsCome();
          }
          this.#follower.looked(id, answer);
          if (this.#follower.hasFailed) this.#retryLater();
          if (this.#follower.isSettled) this.#latest?.filled(answer.latestVersion);
          this.#learnVersion(answer.latestVersion);
          this.#accountHeld();
        },
        (error: unknown) => {
          if (this.#isClosed) return;
          onFailure(error);
          this.#follower.failed(id, isLasting(error));
          this.#retryLater();
        },
      )
      // What a listener throws must not end the process.
      .catch((error: unknown) => onFailure(error));
  }

  #keep(event: RoomEvent): void {
    this.#window ??= new RoomWindow(this.#settings.maxReplay);
    this.#window.add(event);
  }

  /** Made when there is a first value: most rooms never have one. */
  #ownLatest(): RoomLatest {
    if (this.#latest) return this.#latest;
    const { log, onFailure } = this.#settings;
    this.#latest = new RoomLatest({
      follower: this.#follower,
      value: (key, data) => this.#isClosed || this.listener?.latest(key, data),
      readBegins: () => this.listener?.latestReadBegins(),
      synced: (values) => this.#isClosed || this.listener?.latestSynced(values),
      look: () => log.attach(this.name, null, { limit: 1, latest: true }),
      failed: (error) => {
        if (this.#isClosed) return;
        onFailure(error);
        this.#retryLater();
      },
    });
    // Nothing was there at the last look.
    if (this.position !== undefined) this.#latest.begin({ version: '', values: [] });
    return this.#latest;
  }

  #beginLatest(values: LatestValues): void {
    if (this.position !== undefined || (values.version === '' && !this.#latest)) return;
    this.#ownLatest().begin(values);
  }

  #learnVersion(version: string): void {
    if (version !== this.latestVersion) this.#ownLatest().learn(version);
  }

  #retryLater(): void {
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(this.#failureCount++, 10));
    this.#retryTimer ??= setTimeout(() => this.#retry(), pauseMs * (0.5 + Math.random() / 2)).unref();
  }

  #retry(): void {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    this.#follower.retry();
    this.#latest?.retry();
  }

  #accountHeld(): void {
    const heldChars = this.#follower.heldChars + (this.#latest?.heldChars ?? 0);
    if (heldChars === this.#heldChars) return;
    const change = heldChars - this.#heldChars;
    this.#heldChars = heldChars;
    this.#settings.onHeld(this, change);
  }
}

/** Whether Redis answered that it will not: a wrong type under the room's keys, no permission. */
function isLasting(error: unknown): boolean {
  return !isGatewayError(error) || !error.retryable;
}
