import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  Module,
  type INestApplication,
  type INestApplicationContext,
  type LoggerService,
  type ModuleMetadata,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  RedisIoAdapter,
  SocketGateway,
  SocketGatewayModule,
  type SocketGatewayOptions,
} from 'nestjs-socket-gateway';
import { WorkerEmitter, WorkerGatewayModule, type WorkerGatewayOptions } from 'nestjs-socket-gateway/worker';
import type { AnyEvents } from './any-events.js';
import { connectClient, type TestClient } from './connect-client.js';
import type { Resources } from './resources.js';
import { TEST_SECRET } from './sign-token.js';

/** What an application of this process may have beside the library's module. */
type Extras = Pick<ModuleMetadata, 'imports' | 'providers'> & { logger?: LoggerService };

/** A server in this process, on a free port. */
export interface ServerApplication {
  app: INestApplication;
  url: string;
  gateway: SocketGateway<AnyEvents>;
  connect(userId: string): Promise<TestClient>;
}

export async function startServerApplication(
  resources: Resources,
  options: SocketGatewayOptions,
  { logger, imports = [], providers = [] }: Extras = {},
): Promise<ServerApplication> {
  const auth = { jwt: { secret: TEST_SECRET, algorithms: ['HS256' as const] } };
  @Module({ imports: [SocketGatewayModule.forRoot({ auth, drainMs: 0, ...options }), ...imports], providers })
  class ServerModule {}
  const app = await NestFactory.create(ServerModule, { logger: logger ?? false });
  resources.add({ stop: () => app.close() });
  app.useWebSocketAdapter(app.get(RedisIoAdapter));
  await app.listen(0, '127.0.0.1');
  const url = `http://127.0.0.1:${((app.getHttpServer() as Server).address() as AddressInfo).port}`;
  return {
    app,
    url,
    gateway: app.get(SocketGateway),
    connect: async (userId) => resources.add(await connectClient(url, userId)),
  };
}

/** A worker in this process. */
export interface WorkerApplication {
  app: INestApplicationContext;
  emitter: WorkerEmitter<AnyEvents>;
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
