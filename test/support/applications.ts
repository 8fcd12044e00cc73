import {
  Module,
  type INestApplicationContext,
  type LoggerService,
  type ModuleMetadata,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { SocketGatewayModule, type SocketGatewayOptions } from 'nestjs-socket-gateway';
import { WorkerEmitter, WorkerGatewayModule, type WorkerGatewayOptions } from 'nestjs-socket-gateway/worker';
import { AUTH, startGatewayApp, type GatewayApp } from './gateway-app.js';
import type { Resources } from './resources.js';

/** What an application of this process may have beside the library's module. */
type Extras = Pick<ModuleMetadata, 'imports' | 'providers'> & { logger?: LoggerService };

/** A server in this process, on a free port. */
export async function startServerApplication(
  resources: Resources,
  options: SocketGatewayOptions,
  { logger, ...metadata }: Extras = {},
): Promise<GatewayApp> {
  const gateway = SocketGatewayModule.forRoot({ auth: AUTH, drainMs: 0, ...options });
  return resources.add(await startGatewayApp({ metadata, gateway, logger }));
}

/** A worker in this process. */
export interface WorkerApplication {
  app: INestApplicationContext;
  emitter: WorkerEmitter;
}

export async function startWorkerApplication(
  resources: Resources,
  options: WorkerGatewayOptions,
  { logger, imports = [], providers = [] }: Extras = {},
): Promise<WorkerApplication> {
  @Module({ imports: [WorkerGatewayModule.forRoot(options), ...imports], providers })
  class WorkerModule {}
  const app = await NestFactory.createApplicationContext(WorkerModule, { logger: logger ?? false });
  resources.add({ stop: () => app.close() });
  return { app, emitter: app.get(WorkerEmitter) };
}
