import type { ResolvedGatewayOptions } from '../config/index.js';
import type { CauseLog } from '../logging/index.js';
import { NO_METRICS } from '../metrics/index.js';
import { survivingTracing } from '../tracing/index.js';
import {
  DeliveryWatch,
  RegisteringLog,
  UndeliveredHandlers,
  type ReceiptRegister,
} from '../receipts/index.js';
import type { RoomLog } from '../room-log/index.js';
import { CommandSender, type CommandSenderSettings } from './commands/index.js';
import { ConfirmingSender } from './confirming-sender.js';
import { EmitMeter } from './emit-meter.js';
import { EventPublisher, type EventPublisherSettings } from './event-publisher.js';
import { DEFAULT_LANES_LIMITS, RoomLanes } from './lanes/index.js';
import { LibraryEvents } from './library-events.js';
import type { LiveSender } from './live-sender.js';
import type { Publisher } from './publisher.interface.js';
import type { EmitterParts } from './publishing-emitter.js';
import { RoomReader, type RoomReaderSettings } from './room-reader.js';
import { TracedLog } from './traced-log.js';
import { TracedPublisher } from './traced-publisher.js';

export interface EmitterCoreSettings
  extends
    Pick<CommandSenderSettings, 'executeLocally' | 'onAbandoned' | 'relay'>,
    Pick<RoomReaderSettings, 'isLocal'>,
    Pick<EventPublisherSettings, 'sendsLiveInstead'> {
  readonly options: Pick<
    ResolvedGatewayOptions,
    'delivery' | 'emitTimeoutMs' | 'maxPayloadBytes' | 'metrics' | 'outbox' | 'tracing'
  >;
  readonly live: LiveSender;
  /** Stays the caller's, who closes it. */
  readonly log: RoomLog;
  /** Which events clients are to acknowledge. */
  readonly receipts: ReceiptRegister;
  readonly causes: CauseLog;
  /** As of the lanes. @default false */
  readonly isEager?: boolean | undefined;
}

/** Everything that an emitter is made of, on servers and workers alike, put together around a log and a live sender. */
export class EmitterCore implements EmitterParts {
  readonly publisher: Publisher;
  readonly commands: CommandSender;
  readonly reader: RoomReader;
  readonly library: LibraryEvents;
  readonly undelivered: UndeliveredHandlers;
  readonly #lanes: RoomLanes;
  readonly #watch: DeliveryWatch;

  constructor({
    options,
    live,
    log,
    receipts,
    causes,
    executeLocally,
    onAbandoned,
    relay,
    isLocal,
    sendsLiveInstead,
    isEager,
  }: EmitterCoreSettings) {
    const { emitTimeoutMs, metrics, outbox } = options;
    const limits = { ...DEFAULT_LANES_LIMITS, outbox };
    this.#watch = new DeliveryWatch(receipts, causes);
    const registering = new RegisteringLog(log, receipts, this.#watch, causes);
    const tracing = survivingTracing(options.tracing, causes);
    const appending = tracing ? new TracedLog(registering, tracing) : registering;
    this.#lanes = new RoomLanes({ log: appending, emitTimeoutMs, causes, limits, metrics, isEager });
    const kept = new ConfirmingSender({ kept: this.#lanes, watch: this.#watch, emitTimeoutMs, metrics });
    this.undelivered = new UndeliveredHandlers({ register: receipts, log, causes, metrics });
    const settings: EventPublisherSettings = {
      live,
      kept,
      delivery: options.delivery,
      maxPayloadBytes: options.maxPayloadBytes,
      causes,
      sendsLiveInstead,
      meter: metrics === NO_METRICS ? undefined : new EmitMeter(metrics),
    };
    this.publisher = tracing
      ? new TracedPublisher(tracing, (traceparent) => new EventPublisher({ ...settings, traceparent }))
      : new EventPublisher(settings);
    this.commands = new CommandSender({ log, kept, causes, executeLocally, onAbandoned, relay });
    this.library = new LibraryEvents(this.publisher, log, causes);
    this.reader = new RoomReader({ log, isLocal });
  }

  /** How many kept events have no final answer of the log. */
  get waitingCount(): number {
    return this.#lanes.waitingCount;
  }

  /**
   * Takes no more emits, commands and undelivered events, waits up to `flushMs` until the log has those that were taken, and gives up the
   * others, which a line of the log counts. To be called before the log's connection is closed.
   */
  async close(flushMs: number): Promise<void> {
    this.publisher.close();
    await Promise.all([this.#lanes.close(flushMs), this.undelivered.close(flushMs)]);
    this.#watch.close();
  }
}
