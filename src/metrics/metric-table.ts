/** What is measured: of which kind, in which unit, and by which labels. The unit is part of the name. */
export interface MetricDefinition {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** Their values are few and known: never a user, a room or an event. */
  readonly labels: readonly string[];
  /** Of a histogram: the upper bounds. */
  readonly buckets?: readonly number[];
  /** Of a gauge: what several modules of one process make together. @default 'sum' */
  readonly together?: 'sum' | 'max' | 'min';
}

const LATENCY_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60];

const counter = (help: string, ...labels: string[]): MetricDefinition => ({ kind: 'counter', help, labels });
const gauge = (help: string, ...labels: string[]): MetricDefinition => ({ kind: 'gauge', help, labels });
const largest = (help: string): MetricDefinition => ({ ...gauge(help), together: 'max' });
const smallest = (help: string, ...labels: string[]): MetricDefinition => ({
  ...gauge(help, ...labels),
  together: 'min',
});
const histogram = (help: string, ...labels: string[]): MetricDefinition => ({
  kind: 'histogram',
  help,
  labels,
  buckets: LATENCY_BUCKETS,
});

/** Every metric of the library, without the prefix `socket_gateway_`. */
export const METRICS = {
  connections: gauge('Sockets that are connected to the gateway of this server'),
  ready: smallest('Whether this server should get clients: 1 or 0, as its readiness says'),
  users: gauge('Users with a socket that is connected to this server'),
  rooms: gauge('Rooms that this server follows'),
  handshakes_total: counter(
    'Handshakes of authenticated namespaces, by result: accepted, or the code of the refusal',
    'result',
  ),
  limited_total: counter(
    'How often a limit refused a client something, or made the server read it more slowly, by the limit',
    'limit',
  ),
  drained_connections_total: counter(
    'Connections of a server that ended, by how they went: left when told to, closed, or cut off without an answer',
    'end',
  ),
  slow_consumers_total: counter(
    'Sockets that were disconnected because they did not read what they were sent',
  ),
  attaches_total: counter(
    'Sockets that were attached to a room, by result: present, recovered or gap',
    'result',
  ),
  replayed_events_total: counter('Events that sockets were sent on attaching, because they had missed them'),
  gaps_total: counter('Gaps that were announced to sockets, by reason', 'reason'),
  holes_filled_total: counter('Holes in what a room notified that were filled from its log'),
  feed_reconnects_total: counter('How often the connection that hears the rooms was made anew'),
  delivered_events_total: counter(
    'Frames of durable and latest events that were handed to sockets',
    'delivery',
  ),
  emits_total: counter(
    'Emits that settled, by delivery and status; the delivery of what was refused before it was known is none',
    'delivery',
    'status',
  ),
  failed_emits_total: counter('Emits that failed, by the code of their error', 'code'),
  emit_duration_seconds: histogram('From the call of an emit to its result', 'delivery'),
  append_to_socket_seconds: histogram(
    'From the append of a durable event in Redis to the sockets of this server, by the clock of Redis; of one event in 16',
  ),
  emit_to_browser_seconds: histogram(
    'From the append of an event that clients are asked to acknowledge to the first acknowledgement, by the clock of Redis',
  ),
  outbox_events: gauge('Kept events that have no final answer of Redis'),
  outbox_bytes: gauge('How many bytes they have'),
  outbox_age_seconds: largest('How long the oldest of them has waited'),
  abandoned_events_total: counter(
    'Queued events that were given up, by reason: shutdown, or refused by Redis',
    'reason',
  ),
  undecodable_messages_total: counter(
    'Messages from Redis that could not be read, by where they came in',
    'source',
  ),
  confirms_total: counter('Emits that waited for a client, by result: delivered or undelivered', 'result'),
  fallbacks_total: counter(
    'Events that no client acknowledged in time, by result: handled, retried, parked, expired or dropped',
    'result',
  ),
  redis_up: smallest('Whether a connection to Redis is ready: 1 or 0', 'connection'),
  probe_age_seconds: largest(
    'How long ago the last message came through the whole path from Redis to this server',
  ),
  refreshes_total: counter(
    'Tokens that were sent by gateway:refresh, by result: accepted, or the code',
    'result',
  ),
  ended_connections_total: counter(
    'Connections that the server closed, by the code of gateway:disconnecting',
    'code',
  ),
  event_loop_delay_seconds: largest(
    'The largest delay of the event loop since the last collection, 0 at the first',
  ),
} as const satisfies Record<string, MetricDefinition>;

/** The name of a metric, without its prefix. */
export type MetricName = keyof typeof METRICS;
