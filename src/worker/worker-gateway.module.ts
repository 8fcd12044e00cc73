import { Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { SocketEmitter } from '../contract/index.js';
import { assertOneEmitter } from '../publishing/index.js';
import { createWorkerEmitter } from './create-worker-emitter.js';
import { WorkerEmitter } from './worker-emitter.js';
import {
  ConfigurableModuleClass,
  MODULE_OPTIONS_TOKEN,
  type OPTIONS_TYPE,
} from './worker-gateway.module-definition.js';
import type { WorkerGatewayOptions } from './worker-gateway.options.js';

/**
 * The worker side: the injectable {@link WorkerEmitter} for processors in an application context of their own, or for
 * a CLI or cron job. Global, and therefore closed after the modules that use it; import it once.
 */
@Module({
  providers: [
    {
      provide: WorkerEmitter,
      inject: [MODULE_OPTIONS_TOKEN],
      useFactory: (options: WorkerGatewayOptions) => createWorkerEmitter(options),
    },
    { provide: SocketEmitter, useExisting: WorkerEmitter },
  ],
  exports: [WorkerEmitter, SocketEmitter],
})
export class WorkerGatewayModule extends ConfigurableModuleClass implements OnApplicationShutdown {
  readonly #emitter: WorkerEmitter;

  constructor(emitter: WorkerEmitter, modules: ModulesContainer) {
    super();
    assertOneEmitter(modules);
    closeAfterAllOthers(modules);
    this.#emitter = emitter;
  }

  /** @param options may be left out: then everything comes from the environment */
  static override forRoot(options: typeof OPTIONS_TYPE = {}): DynamicModule {
    return super.forRoot(options);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#emitter.close();
  }
}

/**
 * Bull and BullMQ drain their jobs in `onApplicationShutdown` too, and a job's last emit must find the connection open.
 * Nest calls that hook in the order of the modules' distance from the root, the farthest last. Global modules are all
 * equally far, in the reverse order of their imports, and BullMQ closes its workers in one: ours is farther than any.
 */
function closeAfterAllOthers(modules: ModulesContainer): void {
  for (const module of modules.values()) {
    if (module.metatype === WorkerGatewayModule) module.distance = Infinity;
  }
}
