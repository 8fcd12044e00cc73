/** What a span says of itself. */
type Attributes = Record<string, string | number | boolean>;

interface SpanContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
  readonly isRemote?: boolean;
}

/** A span of `@opentelemetry/api`, as far as the library uses it. */
export interface OpenTelemetrySpan {
  spanContext(): SpanContext;
  setAttributes(attributes: Attributes): unknown;
  setStatus(status: { code: number }): unknown;
  end(endTime?: number): void;
}

/** How a span begins. */
export interface OpenTelemetrySpanOptions {
  readonly kind: number;
  readonly attributes: Attributes;
  readonly links?: { readonly context: SpanContext }[];
  readonly startTime?: number;
}

/** A tracer of `@opentelemetry/api`, as far as the library uses it. */
export interface OpenTelemetryTracer {
  startSpan(name: string, options: OpenTelemetrySpanOptions, context?: never): OpenTelemetrySpan;
}

/** What the library uses of the module `@opentelemetry/api`, which is handed to it: it imports nothing of it. */
export interface OpenTelemetryApi {
  readonly ROOT_CONTEXT: unknown;
  readonly SpanKind: { readonly PRODUCER: number; readonly CLIENT: number; readonly CONSUMER: number };
  readonly SpanStatusCode: { readonly ERROR: number };
  readonly trace: {
    getTracer(name: string): OpenTelemetryTracer;
    isSpanContextValid(context: SpanContext): boolean;
    setSpanContext(context: never, spanContext: SpanContext): unknown;
  };
}
