import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { WebSocketGateway } from '@nestjs/websockets';
import { GatewayError, type GatewayEvents } from '../contract/index.js';
import { assertOneEmitter, PublishingEmitter } from '../publishing/index.js';
import { GatewayRuntime } from './gateway-runtime.js';
import { RedisIoAdapter } from './redis-io.adapter.js';
import { PLACEHOLDER_NAMESPACE } from './socket-gateway.constants.js';

/**
 * The injectable emitter of a server. A service that should run in workers too injects `SocketEmitter` instead.
 *
 * While Redis is away a `durable` emit is `queued`, and shown to nobody before Redis has it. A `live` one reaches this
 * server's own sockets and is `failed` with REDIS_UNAVAILABLE, because those of the other servers missed it. Without any
 * Redis the own sockets are all there are, and both are `published`.
 */
@WebSocketGateway({ namespace: PLACEHOLDER_NAMESPACE })
export class SocketGateway<Events = GatewayEvents>
  extends PublishingEmitter<Events>
  implements OnModuleInit, OnModuleDestroy
{
  readonly #adapter: RedisIoAdapter;
  readonly #host: HttpAdapterHost;
  readonly #runtime: GatewayRuntime;

  constructor(
    adapter: RedisIoAdapter,
    host: HttpAdapterHost,
    modules: ModulesContainer,
    runtime: GatewayRuntime,
  ) {
    super(runtime.core);
    assertOneEmitter(modules);
    this.#adapter = adapter;
    this.#host = host;
    this.#runtime = runtime;
  }

  /** Whether this server is about to end: it takes no new connections, and a load balancer should send it none. */
  get isDraining(): boolean {
    return this.#runtime.drain.isDraining;
  }

  /** The first of all modules to be told: clients leave an application that is whole. */
  async onModuleDestroy(): Promise<void> {
    await this.#runtime.drain.begin(this.#runtime.namespace);
  }

  /** Nest has made the gateways by now, if it makes any. */
  onModuleInit(): void {
    if (this.#adapter.namespace) return;
    // Typed as always there, but an application context has none.
    if (!(this.#host.httpAdapter as unknown)) {
      throw new GatewayError(
        'NOT_A_SERVER',
        'SocketGatewayModule needs an HTTP server, which an application context does not have. In a worker, import WorkerGatewayModule from nestjs-socket-gateway/worker.',
      );
    }
    throw new GatewayError(
      'ADAPTER_NOT_INSTALLED',
      'RedisIoAdapter is not installed, so nobody would be authenticated. In main.ts, before listen or init: app.useWebSocketAdapter(app.get(RedisIoAdapter)).',
    );
  }
}
