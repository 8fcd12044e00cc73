import { isGatewayError, type GapReason } from '../../contract/index.js';
import type {
  LatestValues,
  Position,
  RoomEvent,
  RoomLook,
  RoomMessage,
  Token,
} from '../../room-log/index.js';
import type { FeedRoomSettings } from './feed-room.settings.js';
import { RetryPause } from './retry-pause.js';
import { RoomFollower, type FollowerRead, type FollowerSink } from './room-follower.js';
import { RoomLatest } from './room-latest.js';
import type { RoomListener } from './room-listener.interface.js';
import { SharedLooks } from './shared-looks.js';
import { RoomWindow } from './room-window.js';

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
  #retries: RetryPause | undefined;
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
    this.#retries?.cutShort();
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
    return this.#ownLooks().look(position);
  }

  /** The newest `count` events; one look for all who ask for as many in one tick. */
  newest(count: number): Promise<RoomLook> {
    return this.#ownLooks().newest(count);
  }

  /** Reads the latest values, for those who have not been told them: `latestSynced` follows. */
  syncLatest(): void {
    this.#ownLatest().sync();
  }

  /** Somebody else's look shows that the log is ahead of what has been heard. */
  learn(look: RoomLook): void {
    this.audited(look.tail, look.latestVersion);
  }

  /** Forgets what can be had again. */
  prune(): void {
    this.#window?.prune();
    if (this.#window?.isEmpty) this.#window = undefined;
    if (this.#looks?.isIdle) this.#looks = undefined;
  }

  close(): void {
    this.#isClosed = true;
    this.#retries?.close();
    this.#settings.onHeld(this, -this.#heldChars);
  }

  /** Of its follower; as are the next four. */
  deliver(event: RoomEvent): void {
    // First of all, for somebody waits for it.
    this.listener?.event(event);
    this.#keep(event);
  }

  passOver(event: RoomEvent): void {
    this.#keep(event);
    this.listener?.repeated(event);
  }

  gap(reason: GapReason, position: Token): void {
    // It may have what the log has forgotten.
    if (reason === 'rolled-back') this.#window = undefined;
    this.listener?.gap(reason, position);
  }

  advance(position: Token): void {
    this.listener?.reached(position);
    this.#latest?.reached(position);
  }

  read({ id, position, known }: FollowerRead): void {
    const { log, onFailure, turns } = this.#settings;
    const look = (): Promise<RoomLook> =>
      known ? log.attach(this.name, position, { limit: FILL_LIMIT, known }) : this.look(position);
    // The first one must come before what this process appends from now on, and whoever attaches waits for it.
    (position === null ? look() : turns.take(look))
      .then(
        (answer) => {
          if (this.#isClosed) return;
          this.#retries?.succeeded();
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

  #ownLooks(): SharedLooks {
    const { log, maxReplay } = this.#settings;
    // One more than may be replayed shows that there are more.
    return (this.#looks ??= new SharedLooks(log, this.name, maxReplay + 1));
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
    this.#retries ??= new RetryPause(() => {
      this.#follower.retry();
      this.#latest?.retry();
    });
    this.#retries.failed();
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
