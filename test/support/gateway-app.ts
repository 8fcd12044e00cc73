import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Module, type INestApplication, type LoggerService, type ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { AbstractHttpAdapter } from '@nestjs/core';
import {
  RedisIoAdapter,
  SocketGateway,
  SocketGatewayModule,
  type SocketGatewayOptions,
} from 'nestjs-socket-gateway';
import type { ManagerOptions, SocketOptions } from 'socket.io-client';
import { connectClient, TestClient } from './connect-client.js';
import { signToken, TEST_SECRET } from './sign-token.js';

/** Options that every server of these tests has: it verifies the tests' tokens. */
export const AUTH = {
  jwt: { secret: TEST_SECRET, algorithms: ['HS256'] },
} satisfies SocketGatewayOptions['auth'];

/** An application of a test, listening on a free port. */
export interface GatewayApp {
  app: INestApplication;
  url: string;
  gateway: SocketGateway;
  /** Connects as a user to the gateway's namespace, and waits for `gateway:ready`. */
  connect(userId: string, options?: Partial<ManagerOptions & SocketOptions>): Promise<TestClient>;
  /** Connects as a user to any namespace, and waits until it is connected. */
  open(
    namespace: string,
    userId: string,
    options?: Partial<ManagerOptions & SocketOptions>,
  ): Promise<TestClient>;
  stop(): Promise<void>;
}

export interface GatewayAppOptions {
  /** What the application is made of beside the gateway. */
  metadata?: ModuleMetadata;
  /** The gateway's module. @default one without Redis that verifies the tests' tokens */
  gateway?: NonNullable<ModuleMetadata['imports']>[number];
  /** @default Express */
  http?: AbstractHttpAdapter | undefined;
  /** @default none: nothing is logged */
  logger?: LoggerService | undefined;
  /** Called before it listens. */
  prepare?: (app: INestApplication) => unknown;
}

/** Starts an application as a user's main.ts does, except that what it throws does not end the process. */
export async function startGatewayApp({
  metadata = {},
  gateway = SocketGatewayModule.forRoot({ transport: 'local', redis: '', drainMs: 0, auth: AUTH }),
  http,
  logger,
  prepare,
}: GatewayAppOptions = {}): Promise<GatewayApp> {
  @Module({ ...metadata, imports: [gateway, ...(metadata.imports ?? [])] })
  class AppModule {}
  const settings = { logger: logger ?? false, abortOnError: false } as const;
  const app = await (http
    ? NestFactory.create(AppModule, http, settings)
    : NestFactory.create(AppModule, settings));
  app.useWebSocketAdapter(app.get(RedisIoAdapter));
  await prepare?.(app);
  await app.listen(0, '127.0.0.1');
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const clients: TestClient[] = [];
  const keep = (client: TestClient): TestClient => {
    clients.push(client);
    return client;
  };
  return {
    app,
    url,
    gateway: app.get(SocketGateway),
    connect: async (userId, options) => keep(await connectClient(url, userId, options)),
    open: async (namespace, userId, options) => {
      const client = keep(
        new TestClient(url + namespace, { auth: { token: signToken(userId) }, ...options }),
      );
      if (!client.socket.connected) await connected(client);
      return client;
    },
    stop: async () => {
      for (const client of clients) client.stop();
      await app.close();
    },
  };
}

async function connected({ socket }: TestClient): Promise<void> {
  const refused = new Promise<never>((_, reject) => socket.once('connect_error', reject));
  await Promise.race([once(socket as never, 'connect'), refused]);
}
