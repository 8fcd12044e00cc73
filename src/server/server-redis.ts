import type { ResolvedGatewayOptions } from '../config/index.js';
import { FeedProbe } from '../health/index.js';
import type { CauseLog, GatewayLogger } from '../logging/index.js';
import type { Counter } from '../metrics/index.js';
import { createRedisLog } from '../publishing/index.js';
import {
  measureConnections,
  presenceChannel,
  RedisConnection,
  RedisSubscriber,
  UndecodableMessages,
  type ReachableRedis,
} from '../redis/index.js';
import type { RedisRoomLog } from '../room-log/index.js';

/**
 * What a server shares with others through Redis, over two connections: one for commands, and one that only listens. Both
 * kinds of events come in on the second, so that a live one which was emitted after a command about sockets is heard after
 * it.
 */
export class ServerRedis {
  readonly connection: RedisConnection;
  readonly subscriber: RedisSubscriber;
  readonly log: RedisRoomLog;
  readonly undecodable: UndecodableMessages;
  readonly probe: FeedProbe;
  readonly #stopMeasuring: () => void;

  /** Begins to connect. */
  constructor(
    redis: ReachableRedis,
    options: ResolvedGatewayOptions,
    { logger, causes }: { logger: GatewayLogger; causes: CauseLog },
  ) {
    const shared = { redis, timeoutMs: options.emitTimeoutMs, logger, causes };
    this.connection = new RedisConnection({ ...shared, name: 'publish' });
    const log = createRedisLog(this.connection, options, { logger, causes });
    this.log = log;
    // What is heard must be what the log appends: after a failover the two may be at different servers for a while.
    const listening = new RedisConnection({ ...shared, name: 'subscribe' });
    const undecodable = new UndecodableMessages({ causes, metrics: options.metrics });
    this.undecodable = undecodable;
    const identify = (runId: string | undefined): boolean | undefined => log.isOn(runId);
    this.subscriber = new RedisSubscriber(listening, causes, { identify, undecodable });
    const { metrics } = options;
    this.#stopMeasuring = measureConnections(metrics, { publish: this.connection, subscribe: listening });
    countReconnects(listening, metrics.counter('feed_reconnects_total'));
    log.onReady(() => this.subscriber.checkServer());
    this.connection.open();
    const presence = presenceChannel(options);
    this.subscriber.subscribe('channel', [presence]);
    this.subscriber.onMessage((channel, _message, pattern) => {
      if (pattern === null && channel === presence) {
        throw new TypeError('nothing is ever sent on the presence channel');
      }
    }, 'presence');
    this.probe = new FeedProbe({
      connection: this.connection,
      subscriber: this.subscriber,
      presence: options,
      causes,
      metrics,
    });
  }

  async close(): Promise<void> {
    this.#stopMeasuring();
    this.probe.close();
    await Promise.all([this.connection.close(), this.subscriber.close()]);
  }
}

/** The first connection is none that was made anew. */
function countReconnects(connection: RedisConnection, reconnects: Counter): void {
  let isFirst = true;
  connection.onReady(() => {
    if (!isFirst) reconnects.inc();
    isFirst = false;
  });
}

/** Undefined without a Redis that can be read from the options. */
export function connectServer(
  options: ResolvedGatewayOptions,
  logging: { logger: GatewayLogger; causes: CauseLog },
): ServerRedis | undefined {
  const { redis } = options;
  return redis.kind === 'none' || redis.kind === 'invalid'
    ? undefined
    : new ServerRedis(redis, options, logging);
}
