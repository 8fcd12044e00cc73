import * as api from '@opentelemetry/api';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base';
import { isGatewayError, type EmitResult, GatewayError } from '../../../src/contract/index.js';
import { openTelemetry, type GatewayTracing, type OpenTelemetryOptions } from '../../../src/tracing/index.js';
import { RecordedSpans } from '../../support/recorded-spans.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SAMPLED = `00-${TRACE}-b7ad6b7169203331-01`;
const OTHER = `00-11111111111111111111111111111111-2222222222222222-01`;
const UNSAMPLED = `00-${TRACE}-b7ad6b7169203331-00`;

let spans: RecordedSpans;
beforeEach(() => (spans = new RecordedSpans()));
afterEach(() => spans.stop());

function emit(tracing: GatewayTracing, room: string | null, ...results: EmitResult[]): string | undefined {
  const traced = tracing.emit({ room, event: 'import:done', rooms: Math.max(1, results.length) });
  traced?.end({ delivery: 'durable', results });
  return traced?.traceparent;
}

function deliver(tracing: GatewayTracing, room: string, traceparent = SAMPLED): void {
  const startedAt = performance.now();
  const event = (): string => 'import:done';
  const step = { room, delivery: 'durable' as const, traceparent, id: 'id', sockets: 3, event, startedAt };
  tracing.delivered(step);
}

const lastSpan = (): ReadableSpan => spans.all.at(-1) as ReadableSpan;

describe('openTelemetry', () => {
  it('makes a producer span of an emit, below the span that is active', async () => {
    const tracing = openTelemetry(api);
    const {
      result: traceparent,
      traceId,
      spanId,
    } = await spans.during('job', () =>
      Promise.resolve(emit(tracing, 'user:ann', { status: 'published', id: 'the-id', delivered: true })),
    );
    const [span] = spans.named('emit user:{user}');
    expect(span).toMatchObject({
      kind: api.SpanKind.PRODUCER,
      parentSpanContext: { traceId, spanId },
      status: { code: api.SpanStatusCode.UNSET },
      attributes: {
        'messaging.system': 'socket_gateway',
        'messaging.operation.name': 'emit',
        'messaging.operation.type': 'create',
        'messaging.destination.template': 'user:{user}',
        'messaging.message.id': 'the-id',
        'messaging.socket_gateway.delivery': 'durable',
        'messaging.socket_gateway.status': 'published',
        'messaging.socket_gateway.delivered': true,
      },
    });
    expect(traceparent).toBe(`00-${traceId}-${span?.spanContext().spanId}-01`);
  });

  it('records that an emit failed by its code, and nothing of its message', () => {
    const error = new GatewayError('INVALID_ROOM', 'The room of ann');
    emit(openTelemetry(api), 'r', { status: 'failed', error });
    expect(lastSpan()).toMatchObject({
      status: { code: api.SpanStatusCode.ERROR },
      attributes: { 'error.type': 'INVALID_ROOM', 'messaging.socket_gateway.status': 'failed' },
    });
    expect(JSON.stringify([lastSpan().attributes, lastSpan().events, lastSpan().status])).not.toContain(
      'ann',
    );
  });

  it('says of an emit to several users how many they are', () => {
    emit(openTelemetry(api), 'user:', { status: 'queued' }, { status: 'queued' });
    expect(lastSpan().name).toBe('emit user:{user}');
    expect(lastSpan().attributes['messaging.batch.message_count']).toBe(2);
  });

  it('makes a client span of an append, the child of the first emit of several, with links to all', () => {
    const tracing = openTelemetry(api);
    const step = { room: 'job:a:1', startedAt: performance.now() - 50, id: undefined, error: undefined };
    tracing.appended({ ...step, traceparents: [SAMPLED, OTHER], events: 3, isRetry: true });
    expect(lastSpan()).toMatchObject({
      name: 'append job:{job}',
      kind: api.SpanKind.CLIENT,
      parentSpanContext: { traceId: TRACE, spanId: 'b7ad6b7169203331' },
      links: [{ context: { traceId: TRACE } }, { context: { spanId: '2222222222222222' } }],
      attributes: {
        'messaging.operation.type': 'send',
        'messaging.batch.message_count': 3,
        'messaging.socket_gateway.retry': true,
      },
    });
    const [seconds, nanos] = lastSpan().duration;
    expect(seconds + nanos / 1e9).toBeGreaterThan(0.04);
    tracing.appended({
      ...step,
      traceparents: [OTHER],
      events: 1,
      isRetry: false,
      id: 'x',
      error: 'REDIS_AWAY',
    });
    expect(lastSpan()).toMatchObject({
      links: [],
      status: { code: api.SpanStatusCode.ERROR },
      attributes: { 'error.type': 'REDIS_AWAY', 'messaging.message.id': 'x' },
    });
  });

  it('makes a consumer span of a delivery, the child of an emit elsewhere', () => {
    deliver(openTelemetry(api), 'user:ann');
    expect(lastSpan()).toMatchObject({
      name: 'deliver user:{user}',
      kind: api.SpanKind.CONSUMER,
      parentSpanContext: { traceId: TRACE, spanId: 'b7ad6b7169203331', isRemote: true },
      attributes: {
        'messaging.operation.name': 'deliver',
        'messaging.operation.type': 'process',
        'messaging.message.id': 'id',
        'messaging.socket_gateway.sockets': 3,
      },
    });
  });

  it.each<[string, OpenTelemetryOptions, string, string, string | undefined, string | undefined]>([
    ['no name of a user', {}, 'user:ann', 'user:{user}', undefined, undefined],
    ['no name of a job', {}, 'job:mails:7', 'job:{job}', undefined, undefined],
    ['no name of a room', {}, 'project:7', '{room}', undefined, undefined],
    ['a room that is allowed', { rooms: ['news'] }, 'news', 'news', 'news', undefined],
    [
      'how rooms begin that are allowed',
      { rooms: ['project:*'] },
      'project:7',
      'project:*',
      undefined,
      undefined,
    ],
    ['an event that is allowed', { events: ['import:done'] }, 'r', '{room}', undefined, 'import:done'],
    ['no event that is not', { events: ['other'] }, 'r', '{room}', undefined, undefined],
  ])('shows %s', (_, options, room, template, name, event) => {
    const tracing = openTelemetry(api, options);
    deliver(tracing, room);
    emit(tracing, room, { status: 'queued' });
    for (const span of spans.all) {
      expect(span.name).toMatch(/^(deliver|emit) /);
      expect(span.name.endsWith(` ${template}`)).toBe(true);
      expect(span.attributes['messaging.destination.template']).toBe(template);
      expect(span.attributes['messaging.destination.name']).toBe(name);
      expect(span.attributes['messaging.socket_gateway.event']).toBe(event);
    }
    expect(spans.all).toHaveLength(2);
  });

  it('takes whatever an emit is given as its event', () => {
    const tracing = openTelemetry(api, { events: ['a'] });
    for (const event of [undefined, null, 7, {}, Symbol('a')])
      tracing.emit({ room: undefined, event, rooms: 1 })?.end({ delivery: undefined, results: [] });
    expect(spans.named('emit')).toHaveLength(5);
  });

  it('makes no spans of what is not sampled, and carries it on so', async () => {
    await spans.stop();
    spans = new RecordedSpans(new ParentBasedSampler({ root: new AlwaysOffSampler() }));
    const tracing = openTelemetry(api);
    expect(emit(tracing, 'user:ann', { status: 'queued' })).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    deliver(tracing, 'user:ann', UNSAMPLED);
    const step = { room: 'r', events: 1, isRetry: false, id: undefined, error: undefined, startedAt: 0 };
    tracing.appended({ ...step, traceparents: [UNSAMPLED] });
    expect(spans.all).toEqual([]);
    await spans.stop();
    spans = new RecordedSpans(new AlwaysOnSampler());
    const elsewhere = openTelemetry(api);
    deliver(elsewhere, 'user:ann', UNSAMPLED);
    elsewhere.appended({ ...step, traceparents: [UNSAMPLED, OTHER] });
    expect(spans.all.map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual(['2222222222222222']);
  });

  it('traces and carries nothing without an SDK, and begins when there is one', async () => {
    await spans.stop();
    const tracing = openTelemetry(api);
    expect(emit(tracing, 'user:ann', { status: 'queued' })).toBeUndefined();
    spans = new RecordedSpans();
    expect(emit(tracing, 'user:ann', { status: 'queued' })).toBeDefined();
    expect(spans.all).toHaveLength(1);
  });

  it.each([
    ['no API', undefined, {}],
    ['rooms that are no list', api, { rooms: 'news' }],
    ['every room', api, { rooms: ['*'] }],
    ['an event without a name', api, { events: [''] }],
  ])('refuses %s', (_, given, options) => {
    let thrown: unknown;
    try {
      openTelemetry(given as typeof api, options as OpenTelemetryOptions);
    } catch (error) {
      thrown = error;
    }
    expect(isGatewayError(thrown, 'INVALID_OPTIONS')).toBe(true);
  });
});
