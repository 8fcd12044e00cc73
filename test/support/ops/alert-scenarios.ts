/** Series of one state of affairs, in promtool's notation, at one sample every 15 s for half an hour. */
export type Series = Readonly<Record<string, string>>;

/** Something that goes wrong, and which alerts fire after half an hour of it: those and no others. */
export interface AlertScenario {
  readonly what: string;
  /** Which series are other than when all is well. */
  readonly series: Series;
  readonly fires: readonly string[];
}

const server = (labels = ''): string => `{job="web", instance="a"${labels && `, ${labels}`}}`;
const worker = (labels = ''): string => `{job="worker", instance="b"${labels && `, ${labels}`}}`;

const UP = `up${server()}`;
const LOOP = `socket_gateway_event_loop_delay_seconds${server()}`;
const PROBE = `socket_gateway_probe_age_seconds${server()}`;
const PUBLISH = `socket_gateway_redis_up${server('connection="publish"')}`;
const READY = `socket_gateway_ready${server()}`;
const CONNECTIONS = `socket_gateway_connections${server()}`;
const handshakes = (result: string): string =>
  `socket_gateway_handshakes_total${server(`result="${result}"`)}`;
const failed = (code: string): string => `socket_gateway_failed_emits_total${worker(`code="${code}"`)}`;
const gaps = (reason: string): string => `socket_gateway_gaps_total${server(`reason="${reason}"`)}`;
const bucket = (le: string): string =>
  `socket_gateway_append_to_socket_seconds_bucket${server(`le="${le}"`)}`;
const outbox = (what: string): string => `socket_gateway_outbox_${what}${worker()}`;
const fallbacks = (result: string): string => `socket_gateway_fallbacks_total${server(`result="${result}"`)}`;

/** A value that stays, and a count that grows by so many each 15 s. */
const stays = (value: number): string => `${value}+0x120`;
const grows = (by: number): string => `0+${by}x120`;

/** One server and one worker that has not emitted yet, while all is well: some of it not quite, as every day. */
export const ALL_IS_WELL: Series = {
  [UP]: stays(1),
  [`up{job="else", instance="c"}`]: stays(0),
  [LOOP]: stays(0.01),
  [PROBE]: stays(4),
  [PUBLISH]: stays(1),
  [`socket_gateway_redis_up${server('connection="subscribe"')}`]: stays(1),
  [`socket_gateway_redis_up${worker('connection="emit"')}`]: stays(0),
  [READY]: stays(1),
  [CONNECTIONS]: stays(1000),
  [handshakes('accepted')]: grows(30),
  [handshakes('TOKEN_EXPIRED')]: grows(3),
  [handshakes('SERVER_DRAINING')]: '0x60 0+100x10 1000x50',
  [failed('OUTBOX_FULL')]: grows(0),
  [failed('INVALID_EVENT')]: '0x80 3x40',
  [gaps('expired')]: grows(1),
  [gaps('trimmed')]: grows(0),
  [bucket('0.5')]: grows(100),
  [bucket('5')]: grows(100),
  [bucket('+Inf')]: grows(100),
  [outbox('events')]: stays(3),
  [outbox('bytes')]: stays(900),
  [outbox('age_seconds')]: stays(0.01),
  [fallbacks('handled')]: grows(1),
  [fallbacks('parked')]: grows(0),
  [`socket_gateway_limited_total${server('limit="rooms"')}`]: grows(1),
  [`socket_gateway_slow_consumers_total${server()}`]: '0x100 2x20',
  [`socket_gateway_feed_reconnects_total${server()}`]: '0x100 2x20',
};

/** At least one for each alert. */
export const SCENARIOS: readonly AlertScenario[] = [
  { what: 'all is well', series: {}, fires: [] },
  {
    what: 'a server hears nothing, though Redis answers',
    series: { [PROBE]: '20+15x120', [READY]: stays(0) },
    fires: ['SocketGatewayDeaf', 'SocketGatewayNoneReady', 'SocketGatewayNotReady'],
  },
  {
    what: 'Redis is away for a server',
    series: { [PROBE]: '20+15x120', [PUBLISH]: stays(0) },
    fires: ['SocketGatewayRedisAway'],
  },
  {
    what: 'one server of two is not ready',
    series: { 'socket_gateway_ready{job="web", instance="d"}': stays(0) },
    fires: ['SocketGatewayNotReady'],
  },
  {
    what: 'a subscription is lost each minute',
    series: { [`socket_gateway_feed_reconnects_total${server()}`]: '0+0.25x120' },
    fires: ['SocketGatewayFeedReconnects'],
  },
  {
    what: 'clients missed events that were trimmed',
    series: { [gaps('trimmed')]: '0x110 5x10' },
    fires: ['SocketGatewayGaps'],
  },
  {
    what: 'Redis has refused what was queued',
    series: { [`socket_gateway_abandoned_events_total${worker('reason="refused"')}`]: '0x110 5x10' },
    fires: ['SocketGatewayEventsAbandoned'],
  },
  {
    what: 'one event in twenty takes longer than half a second',
    series: { [bucket('0.5')]: grows(95) },
    fires: ['SocketGatewayEventsLate'],
  },
  {
    what: 'a message cannot be read',
    series: { [`socket_gateway_undecodable_messages_total${server('source="room"')}`]: '0x110 1x10' },
    fires: ['SocketGatewayUndecodable'],
  },
  {
    what: 'a fallback is parked',
    series: { [fallbacks('parked')]: '0x110 1x10' },
    fires: ['SocketGatewayFallbacksParked'],
  },
  {
    what: 'most tokens are refused',
    series: { [handshakes('TOKEN_INVALID')]: grows(60) },
    fires: ['SocketGatewayHandshakesRefused'],
  },
  {
    what: 'all of a few a day are refused',
    series: { [handshakes('accepted')]: stays(9), [handshakes('TOKEN_EXPIRED')]: '0+0.1x120' },
    fires: [],
  },
  {
    what: 'keys cannot be fetched for some',
    series: { [handshakes('AUTH_UNAVAILABLE')]: grows(1) },
    fires: ['SocketGatewayAuthUnavailable'],
  },
  {
    what: 'clients ask for too many rooms all the time',
    series: { [`socket_gateway_limited_total${server('limit="rooms"')}`]: grows(30) },
    fires: ['SocketGatewayLimited'],
  },
  {
    what: 'each minute some clients do not read',
    series: { [`socket_gateway_slow_consumers_total${server()}`]: grows(1) },
    fires: ['SocketGatewaySlowConsumers'],
  },
  {
    what: 'emits are invalid all the time',
    series: { [failed('INVALID_EVENT')]: grows(1) },
    fires: ['SocketGatewayEmitsFail'],
  },
  {
    what: 'Redis takes nothing of a worker',
    series: { [outbox('age_seconds')]: '0x100 15+15x20' },
    fires: ['SocketGatewayOutboxWaiting'],
  },
  {
    what: 'a worker has many events in its outbox',
    series: { [outbox('events')]: stays(6000) },
    fires: ['SocketGatewayOutboxFilling'],
  },
  {
    what: 'a worker has large events in its outbox',
    series: { [outbox('bytes')]: stays(9_000_000) },
    fires: ['SocketGatewayOutboxFilling'],
  },
  {
    what: 'a worker takes no more events',
    series: { [failed('OUTBOX_FULL')]: grows(5) },
    fires: ['SocketGatewayOutboxFull'],
  },
  {
    what: 'a server has crashed, and another is there',
    series: {
      [UP]: '1x80 0x40',
      [LOOP]: '0.01x80 stale',
      'socket_gateway_connections{job="web", instance="d"}': stays(10),
    },
    fires: ['SocketGatewayTargetDown'],
  },
  {
    what: 'nobody has metrics of a server any more',
    series: { [CONNECTIONS]: '10x60 stale' },
    fires: ['SocketGatewayAbsent'],
  },
  {
    what: 'the event loop is blocked all the time',
    series: { [LOOP]: stays(0.9) },
    fires: ['SocketGatewayLoopBlocked'],
  },
];
