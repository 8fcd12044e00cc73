export { WorkerGatewayModule } from './worker-gateway.module.js';
export type { WorkerGatewayOptions } from './worker-gateway.options.js';
export { WorkerEmitter } from './worker-emitter.js';
export { createWorkerEmitter, type CreateWorkerEmitterOptions } from './create-worker-emitter.js';
export type { GatewayLogger } from '../logging/index.js';
export * from '../common/index.js';
