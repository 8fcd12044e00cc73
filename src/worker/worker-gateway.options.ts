import * as v from 'valibot';
import {
  gatewayOptionsEntries,
  resolveGatewayOptions,
  wholeNumber,
  type Environment,
  type GatewayOptions,
  type ResolvedGatewayOptions,
} from '../config/index.js';

/** The options of `WorkerGatewayModule`; `namespace`, `prefix` and the bounds of the log must be those of the servers. */
export interface WorkerGatewayOptions extends GatewayOptions {
  /**
   * How long the end of the worker may wait for a Redis that has not taken all events yet, 0 to 600,000 milliseconds. What
   * it has not taken by then is lost, and counted in the log. Too short, and a restart of Redis at the wrong moment loses
   * what was queued; longer than the grace period of what stops the worker, and it is killed while it waits.
   * @default 5000
   */
  shutdownTimeoutMs?: number | undefined;
}

/** {@link WorkerGatewayOptions} with everything decided. */
export interface ResolvedWorkerGatewayOptions extends ResolvedGatewayOptions {
  readonly shutdownTimeoutMs: number;
}

/** What `WorkerGatewayModule` accepts. */
const workerGatewaySchema = v.strictObject({
  ...gatewayOptionsEntries,
  shutdownTimeoutMs: v.optional(wholeNumber(0, 600_000)),
}) as v.GenericSchema<unknown, WorkerGatewayOptions>;

/**
 * Checks the options of `WorkerGatewayModule`, fills in defaults and the environment, and freezes the result.
 *
 * @throws INVALID_OPTIONS, REDIS_NOT_CONFIGURED
 */
export function resolveWorkerGatewayOptions(
  options: WorkerGatewayOptions,
  env: Environment,
): ResolvedWorkerGatewayOptions {
  const shared = resolveGatewayOptions(workerGatewaySchema, options, env, 'Worker gateway');
  return Object.freeze({ ...shared, shutdownTimeoutMs: options.shutdownTimeoutMs ?? 5000 });
}
