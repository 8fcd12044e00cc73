import type { GatewayEvents } from '../contract/index.js';
import type { ResolvedGatewayOptions } from '../config/index.js';
import { CauseLog, type GatewayLogger } from '../logging/index.js';
import {
  AbsentLiveSender,
  EventPublisher,
  PublishingEmitter,
  RedisLiveSender,
  type LiveSender,
} from '../publishing/index.js';
import { RedisConnection } from '../redis/index.js';
import { warnWhenUnheard } from './warn-when-unheard.js';

/**
 * The injectable emitter of a process that holds no WebSocket. It connects to Redis at the first emit, with one
 * connection, subscribes to nothing and opens no port. A service that should run in servers too injects
 * `SocketEmitter` instead.
 */
export class WorkerEmitter<Events = GatewayEvents> extends PublishingEmitter<Events> {
  readonly #connection: RedisConnection | undefined;
  readonly #causes: CauseLog;

  /** Made by `WorkerGatewayModule`. */
  constructor(options: ResolvedGatewayOptions, logger: GatewayLogger) {
    const causes = new CauseLog(logger);
    const connection = connect(options, logger, causes);
    const live = connection ? redisSender(connection, options, causes) : absentSender(options, logger);
    super(new EventPublisher({ live, maxPayloadBytes: options.maxPayloadBytes, causes }));
    this.#connection = connection;
    this.#causes = causes;
  }

  /** Closes the connection after what was emitted before; later emits are `failed` with EMITTER_CLOSED. */
  async close(): Promise<void> {
    await this.#connection?.close();
    this.#causes.close();
  }
}

function connect(
  { redis, prefix, namespace, emitTimeoutMs }: ResolvedGatewayOptions,
  logger: GatewayLogger,
  causes: CauseLog,
): RedisConnection | undefined {
  if (redis.kind === 'none' || redis.kind === 'invalid') return undefined;
  const connection = new RedisConnection({ redis, name: 'emit', timeoutMs: emitTimeoutMs, logger, causes });
  warnWhenUnheard(connection, { prefix, namespace }, logger);
  return connection;
}

function redisSender(
  connection: RedisConnection,
  options: ResolvedGatewayOptions,
  causes: CauseLog,
): LiveSender {
  return new RedisLiveSender(connection, options, (error) =>
    causes.warn('unwatched-publish', `A message to the servers was lost: ${String(error)}`),
  );
}

function absentSender({ redis }: ResolvedGatewayOptions, logger: GatewayLogger): LiveSender {
  if (redis.kind === 'invalid') {
    logger.error(`${redis.reason} Emits fail until it is corrected.`);
    return new AbsentLiveSender(redis.reason);
  }
  const reason = 'No Redis is configured (REDIS_URL): a worker reaches browsers only through it.';
  logger.warn(`${reason} Emits fail.`);
  return new AbsentLiveSender(reason);
}
