import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  Module,
  type DynamicModule,
  type INestApplication,
  type ModuleMetadata,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { JwtService } from '@nestjs/jwt';
import {
  RedisIoAdapter,
  SocketGateway,
  SocketGatewayModule,
  type SocketGatewayOptions,
} from '../server/index.js';
import { connectClient, type HarnessClient } from './harness-client.js';

/** What {@link startGatewayHarness} starts. */
export interface GatewayHarnessOptions {
  /**
   * The application's own module with its `SocketGatewayModule`, or an application that was made but not initialised
   * (as by `@nestjs/testing`). With it, `token` is needed.
   * @default a module with `imports`, `providers` and a `SocketGatewayModule` without Redis
   */
  application?: Type | DynamicModule | INestApplication;

  /** For the default module: what it is made of beside the gateway. */
  imports?: ModuleMetadata['imports'];
  providers?: ModuleMetadata['providers'];

  /** For the default module: options of its gateway, such as `auth.defaultRooms`. */
  options?: Partial<SocketGatewayOptions>;

  /** Signs a token of a user as the application's own login would. @default by the default module's secret */
  token?: (userId: string | number, claims: Record<string, unknown>) => string | Promise<string>;
}

/** A server on a free port of 127.0.0.1. Close it at the end of the test. */
export interface GatewayHarness {
  readonly app: INestApplication;
  readonly url: string;
  readonly gateway: SocketGateway;
  /**
   * A connected client of this user.
   *
   * - `claims`: added to its token. @default none
   * - `namespace`: the gateway's own, with its slash, where that is another. @default '/'
   *
   * @throws (rejects) the `connect_error` when it is refused; an Error after 5 s without a `gateway:ready`, which namespaces of
   * the application's own gateways do not send
   */
  connect(
    userId: string | number,
    options?: { claims?: Record<string, unknown>; namespace?: string },
  ): Promise<HarnessClient>;
  /** Closes the clients and the application. */
  close(): Promise<void>;
}

/**
 * Starts a server with an authenticated gateway for an end-to-end test, and connects clients to it.
 *
 * @throws what the application throws when it starts
 */
export async function startGatewayHarness({
  application,
  imports = [],
  providers = [],
  options = {},
  token,
}: GatewayHarnessOptions = {}): Promise<GatewayHarness> {
  const secret = randomBytes(32).toString('base64url');
  const app = await makeApplication(application ?? defaultModule({ imports, providers }, options, secret));
  app.useWebSocketAdapter(app.get(RedisIoAdapter));
  await app.listen(0, '127.0.0.1');
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const clients = new Set<HarnessClient>();
  const sign = token ?? defaultToken(secret);
  return {
    app,
    url,
    gateway: app.get(SocketGateway),
    connect: async (userId, { claims = {}, namespace = '' } = {}) => {
      const client = await connectClient(url + namespace, await sign(userId, claims));
      clients.add(client);
      return client;
    },
    close: async () => {
      for (const client of clients) client.close();
      await app.close();
    },
  };
}

async function makeApplication(
  application: Type | DynamicModule | INestApplication,
): Promise<INestApplication> {
  const isMade = typeof application === 'object' && 'listen' in application;
  return isMade ? application : NestFactory.create(application, { logger: false });
}

function defaultModule(
  metadata: ModuleMetadata,
  options: Partial<SocketGatewayOptions>,
  secret: string,
): DynamicModule {
  const gateway = SocketGatewayModule.forRoot({
    // Whatever the environment names: a test must not meet others there.
    redis: '',
    transport: 'local',
    drainMs: 0,
    ...options,
    auth: { jwt: { secret, algorithms: ['HS256'] }, ...options.auth },
  });
  return { module: HarnessModule, ...metadata, imports: [gateway, ...(metadata.imports ?? [])] };
}

function defaultToken(secret: string): NonNullable<GatewayHarnessOptions['token']> {
  const jwt = new JwtService({ secret });
  return (userId, claims) => jwt.signAsync({ ...claims, sub: String(userId) }, { expiresIn: '1h' });
}

@Module({})
class HarnessModule {}
