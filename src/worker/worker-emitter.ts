import { isGatewayError, type GatewayEvents } from '../contract/index.js';
import type { ResolvedGatewayOptions } from '../config/index.js';
import type { HealthReport } from '../health/index.js';
import { CauseLog, type GatewayLogger } from '../logging/index.js';
import { measureEventLoop } from '../metrics/index.js';
import {
  AbsentLiveSender,
  AbsentRoomLog,
  createReceiptRegister,
  createRedisLog,
  EmitterCore,
  PublishingEmitter,
  RedisLiveSender,
  type EmitterCoreSettings,
} from '../publishing/index.js';
import { measureConnections, RedisConnection } from '../redis/index.js';
import { warnWhenUnheard } from './warn-when-unheard.js';
import type { ResolvedWorkerGatewayOptions } from './worker-gateway.options.js';

/**
 * The injectable emitter of a process that holds no WebSocket. It connects to Redis at the first emit, with one
 * connection, subscribes to nothing and opens no port. A service that should run in servers too injects
 * `SocketEmitter` instead.
 */
export class WorkerEmitter<Events = GatewayEvents> extends PublishingEmitter<Events> {
  readonly #core: EmitterCore;
  readonly #connection: RedisConnection | undefined;
  readonly #causes: CauseLog;
  readonly #shutdownTimeoutMs: number;
  readonly #stopMeasuring: (() => void)[];
  #closing: Promise<void> | undefined;

  /** Made by `WorkerGatewayModule`. */
  constructor(options: ResolvedWorkerGatewayOptions, logger: GatewayLogger) {
    const causes = new CauseLog(logger);
    const connection = connect(options, logger, causes);
    const ways = connection
      ? throughRedis(connection, options, logger, causes)
      : withoutRedis(options, logger);
    const receipts = createReceiptRegister(connection, options);
    const core = new EmitterCore({ options, ...ways, receipts, causes, isEager: true });
    super(core);
    this.#core = core;
    this.#connection = connection;
    this.#causes = causes;
    this.#shutdownTimeoutMs = options.shutdownTimeoutMs;
    this.#stopMeasuring = [
      measureEventLoop(options.metrics),
      measureConnections(options.metrics, connection ? { emit: connection } : {}),
    ];
  }

  /**
   * Whether what this worker emits reaches Redis: asked of Redis itself, and answered within `emitTimeoutMs`. Connects if that
   * has not happened. While it is `down`, kept events wait in memory; a worker without Redis is always `down`.
   */
  async readiness(): Promise<HealthReport> {
    const waiting = this.#core.waitingCount;
    if (!this.#connection) return { status: 'down', details: { redis: 'none', waiting } };
    try {
      await this.#connection.call((client) => client.ping());
      return { status: 'up', details: { redis: 'ready', waiting } };
    } catch (error) {
      return { status: 'down', details: { redis: isGatewayError(error) ? error.code : 'away', waiting } };
    }
  }

  /**
   * Takes no more emits, which are `failed` with EMITTER_CLOSED from now on, waits up to `shutdownTimeoutMs` for Redis to
   * take what was emitted before, and closes the connection. What Redis has not taken is lost, and counted in the log.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#core.close(this.#shutdownTimeoutMs);
    for (const stop of this.#stopMeasuring) stop();
    await this.#connection?.close();
    this.#causes.close();
  }
}

type Ways = Pick<EmitterCoreSettings, 'live' | 'log' | 'relay'>;

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

function throughRedis(
  connection: RedisConnection,
  options: ResolvedGatewayOptions,
  logger: GatewayLogger,
  causes: CauseLog,
): Ways {
  const live = new RedisLiveSender(connection, options, (error) =>
    causes.warn('unwatched-publish', `A message to the servers was lost: ${String(error)}`),
  );
  return {
    live,
    log: createRedisLog(connection, options, { logger, causes, isEager: true }),
    relay: (command) => live.relay(command),
  };
}

function withoutRedis({ redis }: ResolvedGatewayOptions, logger: GatewayLogger): Ways {
  if (redis.kind === 'invalid') {
    logger.error(`${redis.reason} Emits fail until it is corrected.`);
    return absent(redis.reason);
  }
  const reason = 'No Redis is configured (REDIS_URL): a worker reaches browsers only through it.';
  logger.warn(`${reason} Emits fail.`);
  return absent(reason);
}

function absent(reason: string): Ways {
  return { live: new AbsentLiveSender(reason), log: new AbsentRoomLog(reason) };
}
