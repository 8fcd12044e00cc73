import { GatewayError } from '../contract/index.js';
import type { AppendStep, DeliveryStep, EmitCall, GatewayTracing, TracedEmit } from './gateway-tracing.js';
import type {
  OpenTelemetryApi,
  OpenTelemetrySpan,
  OpenTelemetrySpanOptions,
} from './open-telemetry-api.interface.js';
import { ShownNames } from './shown-names.js';
import { formatTraceparent, parseTraceparent, type Traceparent } from './traceparent.js';

/** What {@link openTelemetry} may show in spans beside what is the same for every user. */
export interface OpenTelemetryOptions {
  /**
   * Rooms whose names may stand in spans, such as `news`; with `*` at its end, all that begin so are shown as this text:
   * `project:*`. Whoever may read the traces reads these names.
   * @default none: `user:{user}`, `job:{job}`, and `{room}` for all others
   */
  readonly rooms?: readonly string[] | undefined;
  /**
   * Events whose names may stand in spans.
   * @default none
   */
  readonly events?: readonly string[] | undefined;
}

type Attributes = Record<string, string | number | boolean>;

const SYSTEM = 'socket_gateway';

/**
 * Traces events with OpenTelemetry, by its semantic conventions for messaging: a span for the emit, whose parent is the span
 * that is active where it is called, one for the append to the log, and one for the delivery on each server.
 *
 * ```ts
 * import * as api from '@opentelemetry/api';
 * WorkerGatewayModule.forRoot({ tracing: openTelemetry(api) })
 * ```
 *
 * What is not sampled makes no spans, and is carried on as not sampled. Without an SDK nothing is traced and nothing carried.
 *
 * @param api the module `@opentelemetry/api`, 1
 * @throws INVALID_OPTIONS
 */
export function openTelemetry(api: OpenTelemetryApi, options: OpenTelemetryOptions = {}): GatewayTracing {
  if (typeof (api as Partial<OpenTelemetryApi> | undefined)?.trace?.getTracer !== 'function')
    throw new GatewayError('INVALID_OPTIONS', 'openTelemetry() takes the module @opentelemetry/api.');
  return new OpenTelemetry(api, new ShownNames(options));
}

class OpenTelemetry implements GatewayTracing {
  readonly #api: OpenTelemetryApi;
  readonly #tracer;
  readonly #names: ShownNames;

  constructor(api: OpenTelemetryApi, names: ShownNames) {
    this.#api = api;
    // Asked once: it hands on to whichever SDK is registered, also later.
    this.#tracer = api.trace.getTracer('nestjs-socket-gateway');
    this.#names = names;
  }

  emit({ room, event, rooms }: EmitCall): TracedEmit | undefined {
    const { trace, SpanKind } = this.#api;
    const { name, attributes } = this.#describe('emit', 'create', room, () => event);
    if (rooms !== 1) attributes['messaging.batch.message_count'] = rooms;
    const span = this.#tracer.startSpan(name, { kind: SpanKind.PRODUCER, attributes });
    const context = span.spanContext();
    if (!trace.isSpanContextValid(context)) return undefined;
    return {
      traceparent: formatTraceparent(context),
      end: ({ delivery, results }) => {
        const failed = results.find((result) => result.status === 'failed');
        const [first] = results;
        const single: Attributes = {};
        if (first && results.length === 1) {
          single['messaging.socket_gateway.status'] = first.status;
          if ('id' in first) single['messaging.message.id'] = first.id;
          if ('delivered' in first) single['messaging.socket_gateway.delivered'] = first.delivered;
        }
        span.setAttributes({ ...single, ...(delivery && { 'messaging.socket_gateway.delivery': delivery }) });
        this.#end(span, failed?.error.code);
      },
    };
  }

  appended({ room, traceparents, events, isRetry, id, error, startedAt }: AppendStep): void {
    const sampled = traceparents.map(parseTraceparent).filter(isSampled);
    const [parent] = sampled;
    if (!parent) return;
    const { name, attributes } = this.#describe('append', 'send', room);
    if (events !== 1) attributes['messaging.batch.message_count'] = events;
    if (isRetry) attributes['messaging.socket_gateway.retry'] = true;
    if (id !== undefined) attributes['messaging.message.id'] = id;
    // Of several it is the child of the first, and its links lead to all of them.
    const links = sampled.length > 1 ? sampled.map((context) => ({ context })) : [];
    const options = { kind: this.#api.SpanKind.CLIENT, attributes, links };
    this.#tell(name, options, parent, startedAt, error);
  }

  delivered({ room, delivery, traceparent, id, sockets, event, startedAt }: DeliveryStep): void {
    const parent = parseTraceparent(traceparent);
    if (!isSampled(parent)) return;
    const { name, attributes } = this.#describe('deliver', 'process', room, event);
    attributes['messaging.socket_gateway.delivery'] = delivery;
    attributes['messaging.socket_gateway.sockets'] = sockets;
    if (id !== undefined) attributes['messaging.message.id'] = id;
    const remote = { ...parent, isRemote: true };
    this.#tell(name, { kind: this.#api.SpanKind.CONSUMER, attributes }, remote, startedAt);
  }

  #describe(
    operation: string,
    type: 'create' | 'send' | 'process',
    room: string | null | undefined,
    event: () => unknown = () => undefined,
  ): { name: string; attributes: Attributes } {
    const destination = this.#names.destination(room);
    const shown = this.#names.event(event);
    const attributes: Attributes = {
      'messaging.system': SYSTEM,
      'messaging.operation.name': operation,
      'messaging.operation.type': type,
    };
    if (destination) attributes['messaging.destination.template'] = destination.template;
    if (destination?.name !== undefined) attributes['messaging.destination.name'] = destination.name;
    if (shown !== undefined) attributes['messaging.socket_gateway.event'] = shown;
    return { name: destination ? `${operation} ${destination.template}` : operation, attributes };
  }

  /** A span of what has just ended. */
  #tell(
    name: string,
    options: OpenTelemetrySpanOptions,
    parent: Traceparent,
    startedAt: number,
    error?: string,
  ): void {
    const { ROOT_CONTEXT, trace } = this.#api;
    // Both by one clock, whatever was set right meanwhile: a span must not end before it begins.
    const endTime = Date.now();
    const startTime = endTime - Math.max(0, performance.now() - startedAt);
    const context = trace.setSpanContext(ROOT_CONTEXT as never, parent);
    const span = this.#tracer.startSpan(name, { ...options, startTime }, context as never);
    this.#end(span, error, endTime);
  }

  #end(span: OpenTelemetrySpan, error: string | undefined, endTime?: number): void {
    if (error !== undefined) {
      // Not its message, which may name a room.
      span.setAttributes({ 'error.type': error });
      span.setStatus({ code: this.#api.SpanStatusCode.ERROR });
    }
    span.end(endTime);
  }
}

function isSampled(parent: Traceparent | undefined): parent is Traceparent {
  return parent !== undefined && (parent.traceFlags & 1) === 1;
}
