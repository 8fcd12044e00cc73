import type { EmitResult } from '../contract/index.js';
import type { GatewayMetrics } from '../metrics/index.js';
import type { DeliveryWatch } from '../receipts/index.js';
import { originOf } from '../room-log/index.js';
import type { KeptEmit, KeptSender } from './kept-sender.js';

export interface ConfirmingSenderSettings {
  readonly kept: KeptSender;
  readonly watch: DeliveryWatch;
  readonly emitTimeoutMs: number;
  readonly metrics: GatewayMetrics;
}

/** Emits, and waits until a client has handled the event where its emitter wants to know that. */
export class ConfirmingSender implements KeptSender {
  readonly #settings: ConfirmingSenderSettings;
  readonly #delivered;
  readonly #undelivered;

  constructor(settings: ConfirmingSenderSettings) {
    this.#settings = settings;
    this.#delivered = settings.metrics.counter('confirms_total', { result: 'delivered' });
    this.#undelivered = settings.metrics.counter('confirms_total', { result: 'undelivered' });
  }

  emit(room: string, emit: KeptEmit): Promise<EmitResult> {
    const wish = emit.delivery === 'durable' ? emit.receipt : undefined;
    const emitted = this.#settings.kept.emit(room, emit);
    if (wish?.withinMs === undefined) return emitted;
    return this.#confirmed(emitted, wish.withinMs, performance.now()).finally(() => (wish.isGivenUp = true));
  }

  async #confirmed(emitted: Promise<EmitResult>, withinMs: number, emittedAt: number): Promise<EmitResult> {
    const { watch, emitTimeoutMs } = this.#settings;
    const result = await emitted;
    const origin = result.status === 'published' && result.id !== undefined && originOf(result.id);
    if (!origin) return result;
    const limitMs = emittedAt + emitTimeoutMs + withinMs - performance.now();
    const delivered = await watch.wait(origin.emitter, origin.seq, withinMs, Math.max(0, limitMs));
    (delivered ? this.#delivered : this.#undelivered).inc();
    return { ...result, delivered };
  }
}
