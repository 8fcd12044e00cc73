import * as api from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
  type Sampler,
} from '@opentelemetry/sdk-trace-base';
import { waitFor } from './wait-for.js';

/** The SDK of OpenTelemetry in this process, whose spans are kept for tests to look at. */
export class RecordedSpans {
  readonly #exporter = new InMemorySpanExporter();
  readonly #provider: BasicTracerProvider;

  constructor(sampler?: Sampler) {
    const spanProcessors = [new SimpleSpanProcessor(this.#exporter)];
    this.#provider = new BasicTracerProvider({ spanProcessors, ...(sampler && { sampler }) });
    api.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    api.trace.setGlobalTracerProvider(this.#provider);
  }

  /** Those that have ended. */
  get all(): readonly ReadableSpan[] {
    return this.#exporter.getFinishedSpans();
  }

  /** Those with this name. */
  named(name: string): readonly ReadableSpan[] {
    return this.all.filter((span) => span.name === name);
  }

  /** The one with this name that belongs to a trace, once it has ended. */
  async one(name: string, traceId: string): Promise<ReadableSpan> {
    return waitFor(`a span '${name}'`, () =>
      this.named(name).find((span) => span.spanContext().traceId === traceId),
    );
  }

  clear(): void {
    this.#exporter.reset();
  }

  /** Runs something as what a span is about; it is in a trace of its own. */
  async during<Result>(
    name: string,
    action: (traceId: string) => Promise<Result>,
  ): Promise<{ result: Result; traceId: string; spanId: string }> {
    const span = api.trace.getTracer('test').startSpan(name, {}, api.ROOT_CONTEXT);
    const { traceId, spanId } = span.spanContext();
    try {
      const active = api.trace.setSpan(api.ROOT_CONTEXT, span);
      return { result: await api.context.with(active, () => action(traceId)), traceId, spanId };
    } finally {
      span.end();
    }
  }

  async stop(): Promise<void> {
    await this.#provider.shutdown();
    api.trace.disable();
    api.context.disable();
  }
}
