import type { CauseLog, GatewayLogger } from '../logging/index.js';
import type { ReachableRedis } from './redis-client.js';

export interface RedisConnectionSettings {
  redis: ReachableRedis;
  /** What the connection is for; Redis shows it in CLIENT LIST, and logs name it. */
  name: string;
  /** How long a call may take, waiting for the first connection included. */
  timeoutMs: number;
  logger: GatewayLogger;
  causes: CauseLog;
}
