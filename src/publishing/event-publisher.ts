import {
  ERROR_CODES,
  GatewayError,
  isGatewayError,
  type Delivery,
  type EmitResult,
  type GatewayErrorCode,
} from '../contract/index.js';
import { checkEventName, normaliseRoom, userRoom } from '../names/index.js';
import type { CauseLog } from '../logging/index.js';
import type { ReceiptWish } from '../room-log/index.js';
import { carry } from '../tracing/index.js';
import { elementsOf } from './elements-of.js';
import type { EmitMeter } from './emit-meter.js';
import { emitterClosed } from './emitter-closed.js';
import { planBroadcast, planEmit, type EmitPlan } from './emit-plan.js';
import type { KeptEmit, KeptSender } from './kept-sender.js';
import type { LibraryPlan } from './library-events.js';
import type { LiveSender } from './live-sender.js';
import { toJson, toPayload } from './payload.js';

export interface EventPublisherSettings {
  /** Where `live` events go. */
  readonly live: LiveSender;
  /** Where `durable` and `latest` events go. */
  readonly kept: KeptSender;
  /** What an emit to a user or a room is that does not say it. */
  readonly delivery: 'durable' | 'live';
  readonly maxPayloadBytes: number;
  readonly causes: CauseLog;
  /** Whether durable events go out live at this moment, and are not kept. @default they never do */
  readonly sendsLiveInstead?: (() => boolean) | undefined;
  /** Told of every emit. @default nobody is */
  readonly meter?: EmitMeter | undefined;
  /** What the emit that is being prepared carries to its receivers. @default nothing is carried */
  readonly traceparent?: ((delivery: Delivery) => string | undefined) | undefined;
}

/** How an event that is kept is to travel: an application's, or one of the library's own. */
type KeptPlan = Exclude<EmitPlan, { delivery: 'live' }> | LibraryPlan;

/** An emit whose event, payload and options are checked: emits it to a room, or to everybody. */
type PreparedEmit = (room: string | null) => Promise<EmitResult>;

/**
 * Where every emit of a process enters, on servers and workers alike: checks it, makes JSON of its payload, hands it to
 * the delivery that was asked for, and makes a result of whatever comes back. Emits to one room leave in their order.
 */
export class EventPublisher {
  readonly #settings: EventPublisherSettings;
  #isClosed = false;
  /** What the emit that is being prepared is to be. */
  #planned: EmitPlan['delivery'] | 'none' = 'none';

  constructor(settings: EventPublisherSettings) {
    this.#settings = settings;
  }

  /** Never rejects. */
  toUser(userId: unknown, event: unknown, data: unknown, options: unknown): Promise<EmitResult> {
    return this.#publish(() => this.#toRoom(event, data, options, true)(userRoom(userId)));
  }

  /** Never rejects. */
  async toUsers(userIds: unknown, event: unknown, data: unknown, options: unknown): Promise<EmitResult[]> {
    const users = elementsOf(userIds);
    if (!users || users.length === 0) {
      const error = new GatewayError('INVALID_USER', 'A list of users must be an array that is not empty.');
      this.#settings.meter?.refused(1);
      return [this.#fail(error)];
    }
    try {
      // What they have in common is made once.
      const emit = this.#toRoom(event, data, options, true);
      const planned = this.#planned;
      return await Promise.all(users.map((userId) => this.#publish(() => emit(userRoom(userId)), planned)));
    } catch (error) {
      const failure = this.#fail(error, users.length);
      this.#settings.meter?.refused(users.length);
      return users.map(() => failure);
    }
  }

  /** Never rejects. */
  toRoom(room: unknown, event: unknown, data: unknown, options: unknown): Promise<EmitResult> {
    return this.#publish(() => this.#toRoom(event, data, options)(normaliseRoom(room)));
  }

  /** For events of the library's own, whose names applications may not use. Never rejects. */
  toRoomByPlan(room: string, event: string, data: unknown, plan: LibraryPlan): Promise<EmitResult> {
    return this.#publish(() => this.#prepare(plan, event, data)(room));
  }

  /** Never rejects. */
  toAll(event: unknown, data: unknown, options: unknown): Promise<EmitResult> {
    return this.#publish(() => {
      checkEventName(event);
      return this.#prepare(planBroadcast(options, event), event, data)(null);
    });
  }

  /** Later emits are `failed` with EMITTER_CLOSED. */
  close(): void {
    this.#isClosed = true;
  }

  #toRoom(event: unknown, data: unknown, options: unknown, isToUsers = false): PreparedEmit {
    checkEventName(event);
    const plan = planEmit(options, event, this.#settings.delivery);
    if (!isToUsers && asksReceipt(plan)) {
      throw new GatewayError(
        'INVALID_OPTIONS',
        "The options 'confirm' and 'fallback' are about one user: emit by emitToUser or emitToUsers.",
      );
    }
    return this.#prepare(plan, event, data);
  }

  #prepare(plan: EmitPlan | LibraryPlan, event: string, data: unknown): PreparedEmit {
    const { live, kept, maxPayloadBytes, sendsLiveInstead, traceparent } = this.#settings;
    this.#planned = plan.delivery;
    const isLiveInstead = plan.delivery === 'durable' && !asksReceipt(plan) && sendsLiveInstead?.();
    if (plan.delivery === 'live' || isLiveInstead) {
      const except = plan.delivery === 'live' ? plan.except : [];
      const payload = toPayload(data, maxPayloadBytes);
      const carried = traceparent?.('live');
      return async (room) => {
        await live.emit({ room, except, traceparent: carried }, event, payload);
        return { status: 'published' };
      };
    }
    const json = `${JSON.stringify(event)},${toJson(data, maxPayloadBytes)}`;
    const inside = traceparent ? carry(json, traceparent(plan.delivery)) : json;
    // What asks for a receipt is a thing of each user.
    if (asksReceipt(plan)) return (room) => kept.emit(room as string, keptEmit(plan, inside));
    const emit = keptEmit(plan, inside);
    return (room) => kept.emit(room as string, emit);
  }

  /** Begins in the tick of the call: the order of the emits is the order in which their senders get them. */
  #publish(
    emit: () => Promise<EmitResult>,
    planned: EmitPlan['delivery'] | 'none' = 'none',
  ): Promise<EmitResult> {
    const { meter } = this.#settings;
    if (!meter) return this.#settle(emit);
    const startedAt = performance.now();
    // A payload's toJSON may emit in its turn: then the outer one is being prepared again.
    const outer = this.#planned;
    this.#planned = planned;
    const emitted = this.#settle(emit);
    meter.watch(this.#planned, startedAt, emitted);
    this.#planned = outer;
    return emitted;
  }

  #settle(emit: () => Promise<EmitResult>): Promise<EmitResult> {
    try {
      if (this.#isClosed) throw emitterClosed();
      // Not async, and without closures of its own: every emit of the process comes through here.
      return emit().then(this.#tell, this.#failed);
    } catch (error) {
      return Promise.resolve(this.#fail(error));
    }
  }

  readonly #tell = (result: EmitResult): EmitResult => {
    if (result.status === 'failed') return this.#fail(result.error);
    if (result.status === 'queued') {
      this.#settings.causes.warn(
        'emit:queued',
        'Redis has not taken an event in time. It is queued in memory, and appended when Redis is back.',
      );
    }
    return result;
  };

  readonly #failed = (cause: unknown): EmitResult => this.#fail(cause);

  #fail(cause: unknown, emitCount = 1): EmitResult {
    const { error, code, message } = understood(cause);
    this.#settings.meter?.failed(code, emitCount);
    // That there is no Redis was said when the process started, and does not change while it runs.
    if (code !== 'REDIS_NOT_CONFIGURED') {
      this.#settings.causes.warn(`emit:${code}`, `An emit failed with ${code}: ${message}`);
    }
    return { status: 'failed', error };
  }
}

/** Written out: to copy a plan that is frozen costs as much as to check it. */
function keptEmit(plan: KeptPlan, data: string): KeptEmit {
  const fence = 'fence' in plan ? plan.fence : undefined;
  if (plan.delivery === 'latest') return { delivery: 'latest', data, key: plan.key, fence };
  const { dedupeKey, clears } = plan;
  return { delivery: 'durable', data, dedupeKey, clears, fence, receipt: receiptWish(plan) };
}

function receiptWish(plan: KeptPlan): ReceiptWish | undefined {
  if (!asksReceipt(plan)) return undefined;
  const { confirm, fallback } = plan;
  return { withinMs: confirm?.withinMs, afterMs: fallback?.afterMs, emittedAt: Date.now() };
}

function asksReceipt(plan: EmitPlan | LibraryPlan): plan is Extract<EmitPlan, { delivery: 'durable' }> {
  return 'confirm' in plan && (plan.confirm !== undefined || plan.fallback !== undefined);
}

/** What failed may have been thrown by an application's own transport, and be anything: it is read once, guarded. */
function understood(cause: unknown): { error: GatewayError; code: GatewayErrorCode; message: string } {
  if (isGatewayError(cause)) {
    try {
      const { code, message } = cause;
      if (Object.hasOwn(ERROR_CODES, code) && typeof message === 'string')
        return { error: cause, code, message };
    } catch {
      // It only looks like one of ours.
    }
  }
  const error = new GatewayError('TRANSPORT_FAILED', 'The transport failed; the cause says how.', { cause });
  return { error, code: error.code, message: error.message };
}
