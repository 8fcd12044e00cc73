import type { GatewayEvents } from '../contract/index.js';
import { nestLogger, type GatewayLogger } from '../logging/index.js';
import { WorkerEmitter } from './worker-emitter.js';
import { resolveWorkerGatewayOptions, type WorkerGatewayOptions } from './worker-gateway.options.js';

/** The options of {@link createWorkerEmitter}. */
export interface CreateWorkerEmitterOptions extends WorkerGatewayOptions {
  /** Where its lines go. @default Nest's Logger */
  logger?: GatewayLogger | undefined;
}

/**
 * A {@link WorkerEmitter} without a Nest application: for Bull's sandboxed processors, scripts, cron jobs and CLIs.
 * Call its `close()` at the end: an open connection keeps the process alive.
 *
 * @throws INVALID_OPTIONS, REDIS_NOT_CONFIGURED (with `requireRedis`)
 */
export function createWorkerEmitter<Events = GatewayEvents>({
  logger,
  ...options
}: CreateWorkerEmitterOptions = {}): WorkerEmitter<Events> {
  const resolved = resolveWorkerGatewayOptions(options, process.env);
  return new WorkerEmitter<Events>(resolved, logger ?? nestLogger('WorkerGateway', resolved.logFormat));
}
