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
    this.#emitter = emitter;
  }

  /** @param options may be left out: then everything comes from the environment */
  static override forRoot(options: typeof OPTIONS_TYPE = {}): DynamicModule {
    return super.forRoot(options);
  }

  // Bull drains its jobs in the same hook, and a job's last emit must find the connection open: a global module's
  // hook runs after those of the modules that use it.
  async onApplicationShutdown(): Promise<void> {
    await this.#emitter.close();
  }
}
