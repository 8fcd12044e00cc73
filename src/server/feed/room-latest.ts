import type { ClearedLatest, LatestValues, RoomLook, Token } from '../../room-log/index.js';
import { LatestFollower, type LatestChange } from './latest-follower.js';
import type { RoomFollower } from './room-follower.js';

/** What the latest values of a room need of the room. */
export interface RoomLatestHost {
  /** The room's durable events, before which no value may be told that came after them. */
  readonly follower: RoomFollower;
  value(key: string, data: string): void;
  /** The values are being read. */
  readBegins(): void;
  /** They were read; whatever differed has been told. */
  synced(values: LatestValues): void;
  /** One atomic look at the room's tail and its latest values. */
  look(): Promise<RoomLook>;
  /** A look failed; `retry` is to be called after a while. */
  failed(error: unknown): void;
}

/**
 * The latest values of one room that is followed, in step with its durable events: a value is never told before an event
 * that came before it, nor after one that has cleared it.
 */
export class RoomLatest {
  readonly #host: RoomLatestHost;
  readonly #follower: LatestFollower;
  /** Values that were read and wait for the events before them. */
  #look: { readonly id: number; readonly tail: Token; readonly values: LatestValues } | undefined;

  constructor(host: RoomLatestHost) {
    this.#host = host;
    this.#follower = new LatestFollower({
      value: (key, data) => host.value(key, data),
      synced: (values) => host.synced(values),
      read: (id) => this.#read(id),
    });
  }

  /** The version that was told last: empty when there never was a value. */
  get version(): string {
    return this.#follower.version ?? '';
  }

  /** Whether all that is known of has been told. */
  get isSettled(): boolean {
    return this.#follower.isSettled;
  }

  get heldChars(): number {
    return this.#follower.heldChars;
  }

  /** The first look. */
  begin(values: LatestValues): void {
    this.#follower.begin(values);
  }

  message(change: LatestChange): void {
    const { position, isSettled } = this.#host.follower;
    // While events are missing it could overtake one of them.
    if (position !== undefined && !isSettled) this.#follower.pause();
    this.#follower.message(change);
  }

  /** The message of a durable event, or of a duplicate of one, says that it has dropped a value; the event is told after this. */
  cleared(change: ClearedLatest): void {
    // What is being read, or held, may be older than the clear, and would be told after the event.
    if (!this.#follower.isSettled) this.#follower.pause();
    this.#follower.cleared(change);
  }

  /** The message of a durable event, or of a duplicate, has been dealt with. */
  eventHeard(): void {
    if (this.#host.follower.isSettled) this.#follower.resume();
  }

  /** Events are about to be told that were missing: what is under way of the values may be older than they are. */
  eventsCome(): void {
    this.#follower.pause();
  }

  /** The log has been read to its end. */
  filled(version: string): void {
    this.#follower.resume(version);
    this.#tell(true);
  }

  /** The durable events have come to a position. */
  reached(position: Token): void {
    if (this.#look?.tail === position) this.#tell(false);
  }

  /** Somebody has seen this version in the log. */
  learn(version: string): void {
    if (version !== this.version) this.#follower.audited(version);
  }

  /** Reads the values, for those who have not been told them. */
  sync(): void {
    this.#follower.dirty();
  }

  retry(): void {
    this.#follower.retry();
  }

  dropHeld(): void {
    if (this.heldChars > 0) this.#follower.dropHeld();
  }

  #read(id: number): void {
    this.#look = undefined;
    this.#host.readBegins();
    this.#host
      .look()
      .then(
        ({ tail, latest }) => {
          if (!latest) return;
          this.#look = { id, tail, values: latest };
          this.#tell(false);
        },
        (error: unknown) => {
          this.#follower.failed(id);
          this.#host.failed(error);
        },
      )
      .catch((error: unknown) => this.#host.failed(error));
  }

  /**
   * - The look is of where the room is: told.
   * - It is behind: events have been told since, which may have cleared one of the values. Read again.
   * - It is ahead: the events between are on their way, or are read.
   *
   * @param hasFilled whether the log has just been read to its end: then the look cannot be ahead any more
   */
  #tell(hasFilled: boolean): void {
    const look = this.#look;
    const { follower } = this.#host;
    if (!look || follower.position === undefined) return;
    if (look.tail === follower.position) {
      this.#look = undefined;
      this.#follower.looked(look.id, look.values);
    } else if (hasFilled || follower.isPast(look.tail)) {
      this.#look = undefined;
      this.#follower.failed(look.id);
      this.#follower.retry();
    } else follower.audited(look.tail);
  }
}
