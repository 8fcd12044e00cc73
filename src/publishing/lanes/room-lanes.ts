import { GatewayError, isGatewayError, type EmitResult } from '../../contract/index.js';
import { DeadlineLine } from '../../deadlines/index.js';
import type { CauseLog } from '../../logging/index.js';
import type { AppendingLog } from '../../receipts/index.js';
import { createEmitterId, type AppendBatch, type AppendReport } from '../../room-log/index.js';
import { NO_METRICS } from '../../metrics/index.js';
import { emitterClosed } from '../emitter-closed.js';
import type { KeptEmit, KeptSender } from '../kept-sender.js';
import { AbandonedEvents } from './abandoned-events.js';
import { AcknowledgedEvents } from './acknowledged-events.js';
import { Backlog } from './backlog.js';
import { DueLanes } from './due-lanes.js';
import { Lane } from './lane.js';
import { failed, LaneEvent, wholeNow } from './lane-event.js';
import { DEFAULT_LANES_LIMITS, type LanesLimits } from './lanes-limits.js';
import { measureOutbox } from './measure-outbox.js';
import { Outbox } from './outbox.js';
import type { RoomLanesSettings } from './room-lanes.settings.js';
import { settleBatch } from './settle-batch.js';

/**
 * How events that are kept leave a process: a lane per room, in the order of the emits, each event once, whatever
 * happens to answers and connections. While the log is away they wait, within bounds; when it is back they go oldest first
 * and before everything newer, in whichever room, and before them those that it acknowledged and may have forgotten.
 */
export class RoomLanes implements KeptSender {
  readonly #log: AppendingLog;
  readonly #causes: CauseLog;
  readonly #limits: LanesLimits;
  readonly #emitter = createEmitterId();
  readonly #lanes = new Map<string, Lane>();
  readonly #outbox: Outbox;
  readonly #acknowledged: AcknowledgedEvents;
  /** After its time each emit is `queued`, when nothing else could be told. */
  readonly #deadlines: DeadlineLine<LaneEvent>;
  readonly #abandoned: AbandonedEvents;
  readonly #stopListening: (() => void)[];
  readonly #due: DueLanes;
  #seq = 0;
  /** What waited when the log came back; until it has all of that, nothing newer is sent. */
  #backlog: Backlog | undefined;
  /** The log said that it is away, and not yet that it is back. */
  #isAway = false;
  /** An emitter has waited in vain, and nothing has been answered since: the others need not wait too. */
  #isOverdue = false;
  /** No more emits are taken. */
  #isClosing = false;
  #isClosed = false;

  constructor(settings: RoomLanesSettings) {
    const { log, emitTimeoutMs, causes, limits = DEFAULT_LANES_LIMITS, metrics = NO_METRICS } = settings;
    this.#due = new DueLanes((lane) => this.#send(lane), settings.isEager ?? false);
    this.#log = log;
    this.#causes = causes;
    this.#limits = limits;
    this.#outbox = new Outbox(limits.outbox);
    this.#acknowledged = new AcknowledgedEvents(limits);
    this.#deadlines = new DeadlineLine({
      timeoutMs: emitTimeoutMs,
      hasEnded: (event) => event.isSettled,
      expire: (event) => {
        event.settle({ status: 'queued' });
        this.#isOverdue = true;
        const lane = this.#lanes.get(event.room);
        if (lane) lane.isOverdue = true;
      },
    });
    this.#abandoned = new AbandonedEvents(metrics, causes);
    this.#stopListening = [
      measureOutbox(metrics, this.#outbox, () => this.#lanes.values()),
      log.onAway(() => this.#becomeAway()),
      log.onReady(({ mayHaveForgotten }) => this.#becomeReady(mayHaveForgotten)),
    ];
  }

  /** How many events have no final answer of the log: on their way, or waiting for it to come back. */
  get waitingCount(): number {
    return this.#outbox.count;
  }

  /**
   * Emits to a room. Never rejects; the result is there within `emitTimeoutMs`, and `queued` when the log has not
   * answered by then: the event stays in its lane. Once one has waited in vain the others are `queued` at once, until
   * something is answered: a log that is there and takes nothing costs a job one timeout too, not one for each emit.
   */
  emit(room: string, emit: KeptEmit): Promise<EmitResult> {
    if (this.#isClosing) return Promise.resolve(failed(emitterClosed()));
    const lane = this.#lanes.get(room) ?? new Lane(room);
    const isOpen = this.#isAway || this.#isOverdue || lane.isOverdue;
    const older = isOpen && emit.delivery === 'latest' ? lane.latestOf(emit.key) : undefined;
    const bytes = Buffer.byteLength(emit.data);
    const refusal = this.#outbox.refusal(bytes, older);
    if (refusal) return Promise.resolve(failed(refusal));
    if (older) this.#supersede(lane, older);
    return new Promise((resolve) => {
      const event = new LaneEvent(room, ++this.#seq, emit, bytes, resolve);
      this.#lanes.set(room, lane);
      lane.add(event);
      this.#outbox.add(event);
      if (isOpen) event.settle({ status: 'queued' });
      if (this.#maySend(lane)) this.#due.emitted(lane);
      else this.#due.waits();
      // When it is on its way, which need not wait for this.
      if (!event.isSettled) this.#deadlines.add(event, event.emittedAt);
    });
  }

  /** Waits until the log has everything, or `limitMs` are over; returns how many events it does not have. */
  async flush(limitMs: number): Promise<number> {
    await this.#outbox.whenEmpty(limitMs);
    return this.#outbox.count;
  }

  /**
   * Takes no more emits, waits up to `flushMs` until the log has those that were taken, and gives up the others, which a
   * line of the log counts.
   */
  async close(flushMs = 0): Promise<void> {
    this.#isClosing = true;
    // Not awaited when there is nothing to wait for: then it has ended when this returns.
    if (flushMs > 0 && this.#outbox.count > 0) await this.#outbox.whenEmpty(flushMs);
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const stop of this.#stopListening) stop();
    this.#deadlines.close();
    this.#abandoned.atShutdown(this.#outbox.count);
    for (const lane of this.#lanes.values()) lane.end(failed(emitterClosed()));
    this.#lanes.clear();
    this.#outbox.clear();
  }

  /** A newer latest value takes the place of one that still waits. */
  #supersede(lane: Lane, older: LaneEvent): void {
    lane.remove(older);
    older.settle({ status: 'queued' });
    this.#outbox.remove([older]);
  }

  #maySend(lane: Lane): boolean {
    return !lane.isBusy && !lane.isPaused && lane.waiting.length > 0 && !this.#isAway && !this.#backlog;
  }

  /** A lane may have something to send. */
  #sendLater(lane: Lane): void {
    if (this.#maySend(lane)) this.#due.add(lane);
  }

  #send(lane: Lane, lastSeq?: number): void {
    if (lane.isBusy || lane.waiting.length === 0 || this.#isClosed || this.#isAway) return;
    const acknowledged = this.#acknowledged.newestOf(lane.room);
    this.#append(lane, lane.send(this.#emitter, acknowledged, this.#limits, lastSeq));
  }

  /** What was under way in a lane has ended: it goes on with what it has, unless what waited in all of them goes first. */
  #goOn(lane: Lane): void {
    if (lane.isEmpty) this.#lanes.delete(lane.room);
    if (this.#backlog) this.#advanceBacklog();
    else this.#sendLater(lane);
  }

  #advanceBacklog(): void {
    if (this.#backlog?.advance()) return;
    this.#backlog = undefined;
    for (const lane of this.#lanes.values()) this.#sendLater(lane);
  }

  #append(lane: Lane, batch: AppendBatch): void {
    this.#log.append(batch).then(
      (report) => {
        if (!this.#isClosed) this.#answered(lane, report);
      },
      (error: unknown) => {
        if (!this.#isClosed) this.#failed(lane, error);
      },
    );
  }

  #answered(lane: Lane, report: AppendReport): void {
    this.#succeed(lane);
    this.#outbox.move();
    const events = lane.takeSent();
    if (report.status === 'forgotten') {
      this.#causes.warn('log-forgot', 'Redis has forgotten events that it had taken; they are sent again.');
      lane.putBack(events);
      this.#putBackAcknowledged(lane);
    } else {
      const now = wholeNow();
      settleBatch(lane, events, report, (event) => this.#acknowledged.add(event, now));
      this.#outbox.remove(events);
    }
    this.#goOn(lane);
  }

  #failed(lane: Lane, cause: unknown): void {
    const events = lane.takeSent();
    const error = isGatewayError(cause)
      ? cause
      : new GatewayError('REDIS_REFUSED', 'The events could not be appended.', { cause });
    // A full register is the emitter's to know of, who may do without a fallback.
    if (!error.retryable || error.code === 'FALLBACKS_FULL') {
      this.#succeed(lane);
      this.#abandoned.refuse(events, error);
      this.#outbox.remove(events);
      this.#goOn(lane);
      return;
    }
    lane.putBack(events);
    this.#outbox.stall();
    if (!this.#log.isReady) this.#becomeAway();
    if (this.#isAway) for (const event of events) event.settle({ status: 'queued' });
    else {
      lane.pause(() => this.#sendLater(lane));
      this.#goOn(lane);
    }
  }

  /** The log has answered: emitters may wait for it again. */
  #succeed(lane: Lane): void {
    lane.succeed();
    this.#isOverdue = false;
  }

  /** Nobody waits for a result that is known not to come. */
  #becomeAway(): void {
    if (this.#isAway) return;
    this.#isAway = true;
    this.#backlog = undefined;
    this.#outbox.stall();
    // What was acknowledged long before it went is safe; the time that it is away does not count.
    this.#acknowledged.prune(wholeNow());
    for (const lane of this.#lanes.values()) {
      for (const event of lane.waiting) event.settle({ status: 'queued' });
    }
  }

  #becomeReady(mayHaveForgotten: boolean): void {
    this.#isAway = false;
    this.#outbox.move();
    if (mayHaveForgotten) {
      for (const room of this.#acknowledged.rooms) {
        const lane = this.#lanes.get(room) ?? new Lane(room);
        this.#lanes.set(room, lane);
        this.#putBackAcknowledged(lane);
      }
    }
    for (const lane of this.#lanes.values()) lane.endPause();
    this.#backlog = new Backlog(this.#lanes.values(), this.#limits, (lane, lastSeq) =>
      this.#send(lane, lastSeq),
    );
    this.#advanceBacklog();
  }

  #putBackAcknowledged(lane: Lane): void {
    const events = this.#acknowledged.take(lane.room);
    lane.putBack(events);
    lane.forgetToken();
    for (const event of events) this.#outbox.add(event);
  }
}
