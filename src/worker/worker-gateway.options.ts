import * as v from 'valibot';
import {
  gatewayOptionsEntries,
  resolveGatewayOptions,
  type Environment,
  type GatewayOptions,
  type ResolvedGatewayOptions,
} from '../config/index.js';

/** The options of `WorkerGatewayModule`; `namespace`, `prefix` and the bounds of the log must be those of the servers. */
export type WorkerGatewayOptions = GatewayOptions;

/** {@link WorkerGatewayOptions} with everything decided. */
export type ResolvedWorkerGatewayOptions = ResolvedGatewayOptions;

/** What `WorkerGatewayModule` accepts. */
const workerGatewaySchema = v.strictObject(gatewayOptionsEntries) as v.GenericSchema<
  unknown,
  WorkerGatewayOptions
>;

/**
 * Checks the options of `WorkerGatewayModule`, fills in defaults and the environment, and freezes the result.
 *
 * @throws INVALID_OPTIONS, REDIS_NOT_CONFIGURED
 */
export function resolveWorkerGatewayOptions(
  options: WorkerGatewayOptions,
  env: Environment,
): ResolvedWorkerGatewayOptions {
  return resolveGatewayOptions(workerGatewaySchema, options, env, 'Worker gateway');
}
