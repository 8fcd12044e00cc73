import { Inject, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { WebSocketGateway } from '@nestjs/websockets';
import { GatewayError, type GatewayEvents } from '../contract/index.js';
import { CauseLog } from '../logging/index.js';
import {
  AbsentRoomLog,
  assertOneEmitter,
  CommandSender,
  EmitterCore,
  PublishingEmitter,
  type GatewayCommand,
} from '../publishing/index.js';
import { RedisIoAdapter } from './redis-io.adapter.js';
import { ServerLiveSender } from './server-live-sender.js';
import { PLACEHOLDER_NAMESPACE, SERVER_OPTIONS, SOCKET_TRANSPORT } from './socket-gateway.constants.js';
import type { ResolvedSocketGatewayOptions } from './options/index.js';
import type { SocketTransport } from './transport/index.js';

/**
 * The injectable emitter of a server. A service that should run in workers too injects `SocketEmitter` instead.
 *
 * While Redis is away an emit reaches this server's own sockets and is `failed` with REDIS_UNAVAILABLE, because
 * those of the other servers missed it; without any Redis the own sockets are all there are, and it is `published`.
 */
@WebSocketGateway({ namespace: PLACEHOLDER_NAMESPACE })
export class SocketGateway<Events = GatewayEvents> extends PublishingEmitter<Events> implements OnModuleInit {
  readonly #adapter: RedisIoAdapter;
  readonly #host: HttpAdapterHost;

  constructor(
    adapter: RedisIoAdapter,
    host: HttpAdapterHost,
    modules: ModulesContainer,
    @Inject(SERVER_OPTIONS) options: ResolvedSocketGatewayOptions,
    @Inject(SOCKET_TRANSPORT) transport: SocketTransport,
    causes: CauseLog,
  ) {
    const live = new ServerLiveSender(transport, () => adapter.namespace);
    const log = new AbsentRoomLog('This server does not keep events yet.');
    const { publisher, reader } = new EmitterCore({ options, live, log, causes });
    // The transport carries them to the other servers as long as servers follow no control room.
    const kept = { emit: () => Promise.resolve({ status: 'published' as const }) };
    const executeLocally = (command: GatewayCommand): Promise<void> => carryOut(live, command);
    super({ publisher, reader, commands: new CommandSender({ log, kept, causes, executeLocally }) });
    assertOneEmitter(modules);
    this.#adapter = adapter;
    this.#host = host;
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

function carryOut(live: ServerLiveSender, command: GatewayCommand): Promise<void> {
  switch (command.type) {
    case 'join':
      return live.join(command.members, command.room);
    case 'leave':
      return live.leave(command.members, command.room);
    case 'disconnect':
      return live.disconnect(command.members);
  }
}
