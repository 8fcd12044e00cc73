import { GatewayError, isGatewayError } from '../../contract/index.js';
import type { CauseLog } from '../../logging/index.js';
import { createEmitterId, type AppendBatch, type AppendReport, type RoomLog } from '../../room-log/index.js';
import { AcknowledgedEvents } from './acknowledged-events.js';
import { EmitDeadlines } from './emit-deadlines.js';
import { LaneEvent, resultOf, type KeptEmit, type KeptResult } from './kept-emit.js';
import { Lane } from './lane.js';
import { DEFAULT_LANES_LIMITS, type LanesLimits } from './lanes-limits.js';

/** The pause after a batch that could not be appended though the log is there: doubling, with jitter. */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1000;

export interface RoomLanesSettings {
  readonly log: RoomLog;
  /** How long an emitter waits for its result. */
  readonly emitTimeoutMs: number;
  readonly causes: CauseLog;
  /** @default DEFAULT_LANES_LIMITS */
  readonly limits?: LanesLimits | undefined;
}

/**
 * How events that are kept leave a process: a lane per room, in the order of the emits, each event once, whatever
 * happens to answers and connections. While the log is away they wait, within bounds; when it is back they go before
 * everything newer, and before them those that it acknowledged and may have forgotten.
 */
export class RoomLanes {
  readonly #log: RoomLog;
  readonly #causes: CauseLog;
  readonly #limits: LanesLimits;
  readonly #emitter = createEmitterId();
  readonly #lanes = new Map<string, Lane>();
  readonly #acknowledged: AcknowledgedEvents;
  readonly #deadlines: EmitDeadlines;
  readonly #stopListening: (() => void)[];
  /** Lanes that send at the end of this tick, so that what is emitted in one tick is one batch. */
  readonly #due = new Set<Lane>();
  readonly #emptyListeners = new Set<() => void>();
  #seq = 0;
  #waitingCount = 0;
  #waitingBytes = 0;
  /** The log said that it is away, and not yet that it is back. */
  #isAway = false;
  /** Since when nothing has been appended though something waits. */
  #stalledAt: number | undefined;
  #isClosed = false;

  constructor({ log, emitTimeoutMs, causes, limits = DEFAULT_LANES_LIMITS }: RoomLanesSettings) {
    this.#log = log;
    this.#causes = causes;
    this.#limits = limits;
    this.#acknowledged = new AcknowledgedEvents(limits);
    this.#deadlines = new EmitDeadlines(emitTimeoutMs);
    this.#stopListening = [
      log.onAway(() => this.#becomeAway()),
      log.onReady(({ mayHaveForgotten }) => this.#becomeReady(mayHaveForgotten)),
    ];
  }

  /** How many events have no final answer of the log: on their way, or waiting for it to come back. */
  get waitingCount(): number {
    return this.#waitingCount;
  }

  /**
   * Emits to a room. Never rejects; the result is there within `emitTimeoutMs`, and `queued` when the log has not
   * answered by then: the event stays in its lane.
   */
  emit(room: string, emit: KeptEmit): Promise<KeptResult> {
    const lane = this.#lanes.get(room) ?? new Lane(room);
    if (this.#isAway && emit.delivery === 'latest') this.#supersede(lane, emit.key);
    const refusal = this.#refusal(emit);
    if (refusal) return Promise.resolve({ status: 'failed', error: refusal });
    return new Promise((resolve) => {
      const event = new LaneEvent(++this.#seq, emit, resolve);
      this.#lanes.set(room, lane);
      lane.add(event);
      this.#waitingCount++;
      this.#waitingBytes += event.bytes;
      if (this.#isAway) event.settle({ status: 'queued' });
      else {
        this.#deadlines.add(event);
        this.#schedule(lane);
      }
    });
  }

  /** Waits until the log has everything, or `limitMs` are over; returns how many events it does not have. */
  async flush(limitMs: number): Promise<number> {
    if (this.#waitingCount > 0) {
      await new Promise<void>((resolve) => {
        const end = (): void => {
          clearTimeout(timer);
          this.#emptyListeners.delete(end);
          resolve();
        };
        const timer = setTimeout(end, limitMs);
        this.#emptyListeners.add(end);
      });
    }
    return this.#waitingCount;
  }

  /** Ends at once: what waits is given up, and counted in the log's lines. Flush before. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const stop of this.#stopListening) stop();
    this.#deadlines.close();
    if (this.#waitingCount > 0) {
      this.#causes.error(
        'lanes-closed',
        `Closed with ${this.#waitingCount} events that Redis has not taken; they are lost.`,
      );
    }
    for (const lane of this.#lanes.values()) {
      clearTimeout(lane.retryTimer);
      for (const event of [...lane.takeSent(), ...lane.waiting]) event.settle(failed(closedError()));
    }
    this.#lanes.clear();
    this.#waitingCount = this.#waitingBytes = 0;
    this.#tellWhoWaitsForTheEnd();
  }

  #refusal({ data }: KeptEmit): GatewayError | undefined {
    if (this.#isClosed) return closedError();
    const { maxWaitingEvents, maxWaitingBytes, maxAwayMs } = this.#limits;
    const isFull =
      this.#waitingCount >= maxWaitingEvents || this.#waitingBytes + data.length > maxWaitingBytes;
    const isLongAway = this.#stalledAt !== undefined && performance.now() - this.#stalledAt > maxAwayMs;
    if (!isFull && !isLongAway) return undefined;
    return new GatewayError(
      'OUTBOX_FULL',
      `${this.#waitingCount} events of ${this.#waitingBytes} bytes wait for Redis; no more are taken until it is back.`,
    );
  }

  /** A newer latest value takes the place of one that still waits. */
  #supersede(lane: Lane, key: string): void {
    const older = lane.takeLatest(key);
    if (!older) return;
    older.settle({ status: 'queued' });
    this.#forget([older]);
  }

  #schedule(lane: Lane): void {
    if (lane.isBusy || lane.retryTimer !== undefined || this.#isAway) return;
    if (this.#due.size === 0) queueMicrotask(() => this.#sendDue());
    this.#due.add(lane);
  }

  #sendDue(): void {
    const due = [...this.#due];
    this.#due.clear();
    for (const lane of due) this.#send(lane);
  }

  #send(lane: Lane): void {
    if (lane.isBusy || lane.waiting.length === 0 || this.#isClosed || this.#isAway) return;
    const acknowledged = this.#acknowledged.newestOf(lane.room);
    this.#append(lane, lane.send(this.#emitter, acknowledged, this.#limits));
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
    lane.failureCount = 0;
    this.#stalledAt = undefined;
    const events = lane.takeSent();
    if (report.status === 'forgotten') {
      this.#causes.warn('log-forgot', 'Redis has forgotten events that it had taken; they are sent again.');
      lane.putBack(events);
      this.#putBackAcknowledged(lane);
    } else {
      const now = performance.now();
      for (const [index, event] of events.entries()) {
        const outcome = report.outcomes[index];
        if (!outcome) continue;
        if (outcome.outcome === 'appended' || outcome.outcome === 'before') lane.learnToken(outcome.token);
        event.settle(resultOf(outcome, report.receivers));
        // A duplicate is not in the log, and its seq need not be known there.
        if (outcome.outcome !== 'duplicate') this.#acknowledged.add(lane.room, event, now);
      }
      this.#forget(events);
    }
    if (lane.isEmpty) this.#lanes.delete(lane.room);
    else this.#schedule(lane);
  }

  #failed(lane: Lane, cause: unknown): void {
    const events = lane.takeSent();
    const error = isGatewayError(cause)
      ? cause
      : new GatewayError('REDIS_REFUSED', 'The events could not be appended.', { cause });
    if (!error.retryable) {
      this.#giveUp(events, error);
      if (lane.isEmpty) this.#lanes.delete(lane.room);
      else this.#schedule(lane);
      return;
    }
    lane.putBack(events);
    this.#stalledAt ??= performance.now();
    if (!this.#log.isReady) this.#becomeAway();
    if (this.#isAway) for (const event of events) event.settle({ status: 'queued' });
    else this.#pause(lane);
  }

  #pause(lane: Lane): void {
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(lane.failureCount++, 10));
    const retry = (): void => {
      lane.retryTimer = undefined;
      this.#schedule(lane);
    };
    lane.retryTimer ??= setTimeout(retry, pauseMs * (0.5 + Math.random() / 2));
  }

  /** Nobody waits for a result that is known not to come. */
  #becomeAway(): void {
    if (this.#isAway) return;
    this.#isAway = true;
    this.#stalledAt ??= performance.now();
    // What was acknowledged long before it went is safe; the time that it is away does not count.
    this.#acknowledged.prune(performance.now());
    for (const lane of this.#lanes.values()) {
      for (const event of lane.waiting) event.settle({ status: 'queued' });
    }
  }

  #becomeReady(mayHaveForgotten: boolean): void {
    this.#isAway = false;
    if (mayHaveForgotten) {
      for (const room of this.#acknowledged.rooms) {
        const lane = this.#lanes.get(room) ?? new Lane(room);
        this.#lanes.set(room, lane);
        this.#putBackAcknowledged(lane);
      }
    }
    for (const lane of this.#lanes.values()) {
      clearTimeout(lane.retryTimer);
      lane.retryTimer = undefined;
      this.#schedule(lane);
    }
  }

  #putBackAcknowledged(lane: Lane): void {
    const events = this.#acknowledged.take(lane.room);
    lane.putBack(events);
    lane.forgetToken();
    this.#waitingCount += events.length;
    this.#waitingBytes += events.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  #giveUp(events: readonly LaneEvent[], error: GatewayError): void {
    let lostCount = 0;
    for (const event of events) if (!event.settle(failed(error))) lostCount++;
    this.#forget(events);
    if (lostCount === 0) return;
    this.#causes.error(
      'queued-lost',
      `${lostCount} events that were queued are lost: ${error.code}: ${error.message}`,
    );
  }

  /** They wait no more. */
  #forget(events: readonly LaneEvent[]): void {
    this.#waitingCount -= events.length;
    this.#waitingBytes -= events.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#tellWhoWaitsForTheEnd();
  }

  #tellWhoWaitsForTheEnd(): void {
    if (this.#waitingCount > 0) return;
    this.#stalledAt = undefined;
    for (const listener of [...this.#emptyListeners]) listener();
  }
}

function failed(error: GatewayError): KeptResult {
  return { status: 'failed', error };
}

function closedError(): GatewayError {
  return new GatewayError('EMITTER_CLOSED', 'The emitter has been closed with its application.');
}
