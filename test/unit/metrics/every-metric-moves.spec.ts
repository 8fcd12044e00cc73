import { readFileSync } from 'node:fs';
import { METRICS, type MetricName } from '../../../src/metrics/index.js';

const root = new URL('../../../', import.meta.url);

const SERVER = 'test/integration/metrics/server-metrics.spec.ts';
const RARER = 'test/integration/metrics/rarer-metrics.spec.ts';
const WORKER = 'test/integration/metrics/worker-metrics.spec.ts';
const RECEIPTS = 'test/integration/receipts/receipts.spec.ts';
const EXPIRY = 'test/integration/server/sessions/expiry.spec.ts';

const WHO = 'who is connected, and which handshakes it refused';
const ATTACHES = 'how sockets attach, what they are replayed, and which gaps they are told of';
const ANEW = 'when it hears Redis anew, and which holes it fills';
const DELIVERS = 'what it delivers, to how many sockets, and how long after the append';
const EMITS = 'its emits by delivery and status, and how long they take';
const WAITS = 'its emits, whether Redis is there, and what waits for it, until it is closed';

/** Of each metric the test that causes what it measures, and sees it move. The compiler wants one for each. */
const MOVED_BY: Readonly<Record<MetricName, readonly [file: string, title: string]>> = {
  connections: [SERVER, WHO],
  ready: ['test/integration/health/readiness.spec.ts', 'is not ready while it drains, and alive'],
  users: [SERVER, WHO],
  rooms: [SERVER, WHO],
  handshakes_total: [SERVER, WHO],
  limited_total: [
    'test/integration/server/limits/connections.spec.ts',
    'refuses with AUTH_UNAVAILABLE in time',
  ],
  drained_connections_total: [RARER, 'how connections end when it does'],
  slow_consumers_total: [
    'test/integration/server/limits/slow-consumers.spec.ts',
    'of events that the application emits by itself is disconnected too, and nobody else',
  ],
  attaches_total: [SERVER, ATTACHES],
  replayed_events_total: [SERVER, ATTACHES],
  gaps_total: [SERVER, ATTACHES],
  holes_filled_total: [SERVER, ANEW],
  feed_reconnects_total: [SERVER, ANEW],
  delivered_events_total: [SERVER, DELIVERS],
  emits_total: [SERVER, EMITS],
  failed_emits_total: [RARER, 'with which codes its emits fail'],
  emit_duration_seconds: [SERVER, EMITS],
  append_to_socket_seconds: [SERVER, DELIVERS],
  emit_to_browser_seconds: [RARER, 'how long events take into browsers and back, once for each: %s'],
  outbox_events: [WORKER, WAITS],
  outbox_bytes: [WORKER, WAITS],
  outbox_age_seconds: [WORKER, WAITS],
  abandoned_events_total: [WORKER, WAITS],
  undecodable_messages_total: [RARER, 'which messages it could not read, by where they came in'],
  confirms_total: [RECEIPTS, 'tells a worker that a client has handled the event, on whichever server it is'],
  fallbacks_total: [RECEIPTS, 'is tried again when the handler fails, and parked at last'],
  redis_up: [SERVER, 'whether Redis is there, on both connections'],
  probe_age_seconds: [
    'test/integration/health/feed-probe.spec.ts',
    'is heard as soon as there is a connection, and again and again',
  ],
  refreshes_total: [EXPIRY, 'unless the client sends a newer one, and then the connection stays'],
  ended_connections_total: [EXPIRY, 'and its connection with it, after the client was told, and told why'],
  event_loop_delay_seconds: [SERVER, 'how long the event loop was blocked since the last look'],
};

describe('Every metric', () => {
  it('moves in a test that causes what it measures', () => {
    expect(Object.keys(MOVED_BY).sort()).toEqual(Object.keys(METRICS).sort());
    const unseen = Object.entries(MOVED_BY)
      .filter(([name, [file, title]]) => !looksAt(name, readFileSync(new URL(file, root), 'utf8'), title))
      .map(([name, [file, title]]) => `${name}: ${file}: ${title}`);
    expect(unseen).toEqual([]);
  });
});

/** Whether the test with this title reads the metric, itself or by a function of its file. */
function looksAt(metric: string, file: string, title: string): boolean {
  const [, body] = file.split(`'${title}'`);
  if (body === undefined) return false;
  const test = body.split(/\n {2}(?:it|it\.each)\(|\n\}\);/)[0] ?? '';
  const readers = [...file.matchAll(/^const (\w+) =[^;]*?'(\w+)'/gm)]
    .filter(([, , read]) => read === metric)
    .map(([, reader]) => `${reader}(`);
  return [`'${metric}'`, ...readers].some((text) => test.includes(text));
}
