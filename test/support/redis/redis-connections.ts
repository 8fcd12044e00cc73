import type { RedisOption } from '../../../src/config/index.js';
import { resolveRedis } from '../../../src/config/resolve-redis.js';
import { CauseLog } from '../../../src/logging/index.js';
import { RedisConnection, type ReachableRedis } from '../../../src/redis/index.js';
import { RecordingLogger } from '../recording-logger.js';

/** Counts what it is told of each cause, written or not. */
export class CountingCauseLog extends CauseLog {
  readonly counts = new Map<string, number>();

  override error(cause: string, message: string): void {
    this.counts.set(cause, (this.counts.get(cause) ?? 0) + 1);
    super.error(cause, message);
  }

  override warn(cause: string, message: string): void {
    this.counts.set(cause, (this.counts.get(cause) ?? 0) + 1);
    super.warn(cause, message);
  }
}

/** Makes connections that share one log, and closes them. */
export class RedisConnections {
  readonly logger = new RecordingLogger();
  readonly causes = new CountingCauseLog(this.logger);
  readonly #made: RedisConnection[] = [];

  to(redis: RedisOption, { timeoutMs = 500, name = 'test' } = {}): RedisConnection {
    const connection = new RedisConnection({
      redis: resolveRedis(redis, {}) as ReachableRedis,
      name,
      timeoutMs,
      logger: this.logger,
      causes: this.causes,
    });
    this.#made.push(connection);
    return connection;
  }

  async close(): Promise<void> {
    await Promise.all(this.#made.map((connection) => connection.close()));
    this.causes.close();
  }
}
