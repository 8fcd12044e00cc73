import { Logger } from '@nestjs/common';
import { resolveGatewayOptions } from '../config/index.js';
import type { GatewayEvents } from '../contract/index.js';
import type { GatewayLogger } from '../logging/index.js';
import { WorkerEmitter } from './worker-emitter.js';
import { workerGatewaySchema, type WorkerGatewayOptions } from './worker-gateway.options.js';

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
  logger = new Logger('WorkerGateway'),
  ...options
}: CreateWorkerEmitterOptions = {}): WorkerEmitter<Events> {
  const resolved = resolveGatewayOptions(workerGatewaySchema, options, process.env, 'Worker gateway');
  return new WorkerEmitter<Events>(resolved, logger);
}
