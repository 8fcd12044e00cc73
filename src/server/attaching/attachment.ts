import type { Socket } from 'socket.io';
import type { GapReason } from '../../contract/index.js';
import {
  OLDEST,
  type LatestValues,
  type RoomEvent,
  type RoomLook,
  type Token,
} from '../../room-log/index.js';
import { cutFailed, sendFrame } from '../frames/index.js';
import { connectionOf } from '../limits/index.js';
import type { AttachReport } from './attach-report.interface.js';
import type { AttachStart } from './attach-start.js';
import type { Arriving, AttachedRoom } from './attached-room.interface.js';
import { MissedEvents, type MissedEventsHost } from './missed-events.js';

/** After a look that failed, or that showed what the feed does not reach. */
const LOOK_AGAIN_MS = 500;

type State = 'waiting' | 'looking' | 'replaying' | 'reaching' | 'attached' | 'left';

/**
 * One socket on its way into one room: it is sent what it missed, and joins those whom the feed delivers to in the tick
 * in which it has exactly what the feed has. protocol.md, "A socket attaches".
 *
 *     feed at 9; the socket has seen 4; a look finds 5..9: sent, a chunk at a time; meanwhile the feed delivers 10
 *     the socket has 9, the feed 10: 10 is in the feed's window: sent; both at 10: attached
 */
export class Attachment implements MissedEventsHost, Arriving {
  readonly socket: Socket;
  readonly done: Promise<AttachReport | undefined>;
  readonly #room: AttachedRoom<Attachment>;
  readonly #start: AttachStart;
  #at: Token | undefined;
  #state: State = 'waiting';
  #missed: MissedEvents | undefined;
  #recovered: boolean | null;
  #replayed = 0;
  /** The latest values of the last look. */
  #latest: LatestValues | undefined;
  #timer: NodeJS.Timeout | undefined;
  #resolve!: (report: AttachReport | undefined) => void;

  constructor(room: AttachedRoom<Attachment>, socket: Socket, start: AttachStart) {
    this.#room = room;
    this.socket = socket;
    this.#start = start;
    this.#recovered = start.kind === 'position' ? true : null;
    if (start.kind === 'position') this.#at = start.position;
    if (start.kind === 'oldest') this.#at = OLDEST;
    this.done = new Promise((resolve) => (this.#resolve = resolve));
  }

  /** The feed has come to a position; returns whether that need not be told any more. */
  reached(position: Token): boolean {
    if (this.#state !== 'reaching') return true;
    if (this.#at !== undefined && this.#at !== position) return false;
    this.#arrive();
    return true;
  }

  /** Sets out; again after a look that failed. */
  begin(): void {
    if (this.#state !== 'waiting') return;
    if (this.#start.kind === 'newest' && this.#at === undefined)
      this.#look(() => this.#room.feed.newest(this.#count()));
    else this.#next();
  }

  /** The latest values have been sent too. */
  finish(): void {
    const report = { position: this.#at as Token, recovered: this.#recovered, replayed: this.#replayed };
    this.#room.shared.meter.attached(report);
    this.#resolve(report);
  }

  /** The feed goes on from somewhere else: it may never come to where this socket waits for it. */
  lookAgain(): void {
    if (this.#state !== 'reaching' || this.#at === undefined) return;
    clearTimeout(this.#timer);
    this.#next();
  }

  /** The socket has left the room. */
  leave(): void {
    clearTimeout(this.#timer);
    this.#missed?.stop();
    this.#state = 'left';
    this.#resolve(undefined);
  }

  isNext(event: RoomEvent): boolean {
    return event.prev === this.#at;
  }

  send(event: RoomEvent): number {
    this.#at = event.token;
    const frame = this.#room.frameOf(event);
    if (!frame) {
      this.#announce('unreadable', event.token);
      return 0;
    }
    this.#replayed++;
    this.#room.shared.meter.replayed();
    sendFrame(this.socket, frame);
    return frame.bytes;
  }

  /** What was missed was sent, as far as it went. */
  replayEnded(): void {
    this.#missed = undefined;
    this.#next();
  }

  /** A step has thrown: the client comes back with its positions. One that is told to go would stay away. */
  fail(error: unknown): void {
    cutFailed(connectionOf(this.socket), error);
  }

  /** The feed is where this socket is: from now on it delivers to it. */
  #arrive(): void {
    clearTimeout(this.#timer);
    this.#state = 'attached';
    this.#at = this.#room.feed.position;
    this.#room.attach(this, this.#latest);
  }

  /**
   * Goes on from where the socket is to where the feed is.
   *
   * @param newest a look that has just found nothing newer in the log than where the socket is: the feed comes there, or it
   *   will know better
   */
  #next(newest?: RoomLook): void {
    // What it was sent last may have ended its connection.
    if (this.#state === 'left') return;
    const { feed } = this.#room;
    const position = this.#at;
    if (feed.position !== undefined && (position === undefined || position === feed.position)) {
      this.#arrive();
      return;
    }
    if (position === undefined) {
      this.#awaitFeed();
      return;
    }
    const recent = feed.recentAfter(position);
    if (recent) this.#replay(recent);
    else if (newest) {
      this.#awaitFeed();
      feed.learn(newest);
      this.#timer = setTimeout(() => this.lookAgain(), LOOK_AGAIN_MS);
    } else this.#look(() => feed.look(position));
  }

  #look(look: () => Promise<RoomLook>): void {
    this.#state = 'looking';
    this.#room.shared.budget.whenFree(() =>
      this.#state === 'looking'
        ? look()
            .then(
              (answer) => this.#looked(answer),
              () => this.#lookLater(),
            )
            .catch((error: unknown) => this.fail(error))
        : Promise.resolve(),
    );
  }

  #looked(look: RoomLook): void {
    if (this.#state !== 'looking') return;
    this.#latest = look.latest;
    if (look.verdict === 'chain') {
      const { maxReplay } = this.#room.shared;
      if (look.events.length <= maxReplay) this.#replay(look.events);
      else this.#limit(maxReplay);
    } else if (look.verdict === 'gap') {
      this.#announce(look.reason, look.resume);
      this.#at = look.resume;
      this.#next();
    } else {
      this.#at = look.tail;
      this.#next(look);
    }
  }

  /** More was missed than is replayed at once: the newest of it is. */
  #limit(maxReplay: number): void {
    this.#look(async () => {
      const look = await this.#room.feed.newest(maxReplay);
      const resume = (look.verdict === 'chain' ? look.events[0]?.prev : undefined) ?? look.tail;
      if (this.#state === 'looking') {
        this.#announce('limit', resume);
        this.#at = resume;
      }
      return look;
    });
  }

  #awaitFeed(): void {
    this.#state = 'reaching';
    this.#room.awaitFeed(this);
  }

  #lookLater(): void {
    if (this.#state !== 'looking') return;
    this.#state = 'waiting';
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.begin(), LOOK_AGAIN_MS * (0.5 + Math.random()));
  }

  #replay(events: readonly RoomEvent[]): void {
    const { budget, pump } = this.#room.shared;
    this.#state = 'replaying';
    this.#missed = new MissedEvents(events, budget, this);
    pump.add(this.#missed);
  }

  #announce(reason: GapReason, position: Token): void {
    if (this.#recovered) this.#recovered = false;
    sendFrame(this.socket, this.#room.gapFrame(reason, position));
    this.#room.shared.meter.gap(reason, 1);
  }

  #count(): number {
    return this.#start.kind === 'newest' ? Math.min(this.#start.count, this.#room.shared.maxReplay) : 0;
  }
}
