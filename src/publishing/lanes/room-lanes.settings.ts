import type { CauseLog } from '../../logging/index.js';
import type { GatewayMetrics } from '../../metrics/index.js';
import type { AppendingLog } from '../../receipts/index.js';
import type { LanesLimits } from './lanes-limits.js';

/** What the lanes of an emitter are made of. */
export interface RoomLanesSettings {
  readonly log: AppendingLog;
  /** How long an emitter waits for its result. */
  readonly emitTimeoutMs: number;
  readonly causes: CauseLog;
  /** @default DEFAULT_LANES_LIMITS */
  readonly limits?: LanesLimits | undefined;
  /** Whether an event that comes alone is sent before the code behind its emit has ended. @default false */
  readonly isEager?: boolean | undefined;
  /** @default nothing is counted */
  readonly metrics?: GatewayMetrics | undefined;
}
