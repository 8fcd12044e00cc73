import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { IoAdapter } from '@nestjs/platform-socket.io';
import type { Adapter } from 'socket.io-adapter';
import { Server, type Namespace, type ServerOptions } from 'socket.io';
import { GatewayError } from '../contract/index.js';
import { HandshakeGuard } from './auth/index.js';
import { GatewayRuntime } from './gateway-runtime.js';
import { decoratedOptions, PatternNamespaces, surviveHooks } from './gateways/index.js';
import { ClientLimits } from './limits/index.js';
import { PLACEHOLDER_NAMESPACE, SERVER_OPTIONS } from './socket-gateway.constants.js';
import type { ResolvedSocketGatewayOptions } from './options/index.js';
import { SlowConsumers } from './slow-consumers/index.js';
import type { SocketTransport } from './transport/index.js';

type NamespaceName = Parameters<Server['of']>[0];

interface CreateOptions extends Partial<ServerOptions> {
  namespace?: NamespaceName;
  server?: Server;
}

/**
 * What Nest takes for the server of our own gateway, which has no handlers: by itself Nest would tell nobody of each of its sockets,
 * with closures and listeners for every one.
 */
const UNHEARD = { on: () => UNHEARD } as unknown as Server;

/** Where Socket.IO keeps what a server was made with. */
interface WithOptions {
  readonly _opts?: Partial<ServerOptions>;
}

/**
 * Makes the application's Socket.IO servers: joined through Redis, and with every namespace authenticated, those of
 * the application's own gateways too. Install it before `init` or `listen`:
 * `app.useWebSocketAdapter(app.get(RedisIoAdapter))`.
 */
@Injectable()
export class RedisIoAdapter extends IoAdapter {
  readonly #host: HttpAdapterHost;
  readonly #options: ResolvedSocketGatewayOptions;
  readonly #runtime: GatewayRuntime;
  readonly #guard: HandshakeGuard;
  readonly #limits: ClientLimits;
  readonly #slow: SlowConsumers;
  readonly #modules: ModulesContainer;
  readonly #patterns = new WeakMap<Server, PatternNamespaces>();
  /** By port and path: one engine cannot share them with another. */
  readonly #servers = new Map<string, Server>();

  constructor(
    host: HttpAdapterHost,
    @Inject(SERVER_OPTIONS) options: ResolvedSocketGatewayOptions,
    runtime: GatewayRuntime,
    guard: HandshakeGuard,
    limits: ClientLimits,
    slow: SlowConsumers,
    modules: ModulesContainer,
  ) {
    super();
    this.#host = host;
    this.#options = options;
    this.#runtime = runtime;
    this.#guard = guard;
    this.#limits = limits;
    this.#slow = slow;
    this.#modules = modules;
  }

  /** The gateway's namespace; undefined until Nest has made the application's gateways. */
  get namespace(): Namespace | undefined {
    return this.#runtime.namespace;
  }

  /**
   * Called by Nest for each gateway: with a namespace, or without one for the server itself, which gets what the decorators of all
   * gateways say that share it. Who extends this class and has options of its own overrides `createIOServer`.
   */
  override create(port: number, options: CreateOptions = {}): Server {
    const { namespace, server, ...rest } = options;
    const io =
      server ?? this.createIOServer(port, { ...rest, ...this.#decorated(port, rest) } as ServerOptions);
    if (namespace === undefined) return io;
    const isOurs = namespace === PLACEHOLDER_NAMESPACE;
    const resolved = (this.#patterns.get(io) ?? io).of(isOurs ? this.#options.namespace : namespace);
    this.#protect(resolved);
    if (isOurs) this.#runtime.open(resolved, (io as WithOptions)._opts?.parser !== undefined);
    // Nest calls a namespace a server too; both have what it uses.
    return isOurs ? UNHEARD : (resolved as unknown as Server);
  }

  /** One server for each port and path. What the module's options say wins over the gateways' decorators. */
  override createIOServer(port: number, options?: ServerOptions): Server {
    const merged = { ...options, ...this.#options.server } as ServerOptions;
    const key = `${port} ${merged.path}`;
    const known = this.#servers.get(key);
    if (known) return known;
    refuseStateRecovery(merged);
    if (this.#servers.size === 0) surviveHooks(this.#modules);
    // The application's HTTP server does not exist yet when providers are made.
    Object.assign(this, { httpServer: this.#host.httpAdapter.getHttpServer() as unknown });
    const io = super.createIOServer(port, {
      ...merged,
      ...this.#limits.serverOptions(merged),
      cleanupEmptyChildNamespaces: false,
      adapter: adapterConstructor(this.#runtime.transport) as never,
    });
    this.#servers.set(key, io);
    this.#runtime.drain.add(io);
    this.#limits.watch(io, (merged as WithOptions['_opts'])?.parser !== undefined, this.#slow);
    this.#slow.watch(io);
    this.#patterns.set(io, new PatternNamespaces(io));
    this.#protect(io.of('/'));
    io.on('new_namespace', (namespace) => this.#protect(namespace));
    return io;
  }

  /** Most gateways of an application, ours first of all, have no handlers: nothing is kept for their sockets. */
  override bindMessageHandlers(...args: Parameters<IoAdapter['bindMessageHandlers']>): void {
    if (args[1].length > 0) super.bindMessageHandlers(...args);
  }

  /** Called by Nest for each server and namespace, with nobody left who would have to be told. */
  override async close(server: Server): Promise<void> {
    if ([...this.#servers.values()].includes(server)) this.#runtime.drain.cut(server);
    await super.close(server);
  }

  /** Called by Nest when all servers are closed. */
  override async dispose(): Promise<void> {
    await this.#runtime.close();
  }

  #decorated(port: number, { path }: Partial<ServerOptions>): Partial<ServerOptions> {
    const isPathOfAll = this.#options.server.path !== undefined;
    return decoratedOptions(this.#modules, { port, path, isPathOfAll });
  }

  #protect(namespace: Namespace): void {
    this.#guard.protect(namespace);
    this.#runtime.drain.protect(namespace);
  }
}

/**
 * Over Redis Pub/Sub it adds an argument to every event, calls sessions recovered that have missed events, and keeps
 * none when a server is killed.
 *
 * @throws INVALID_OPTIONS
 */
function refuseStateRecovery({ connectionStateRecovery }: Partial<ServerOptions>): void {
  // Typed as always there, but it is left out unless a gateway's decorator asks for it.
  if (!(connectionStateRecovery as unknown)) return;
  throw new GatewayError(
    'INVALID_OPTIONS',
    "A gateway's decorator has connectionStateRecovery, which loses events over Redis Pub/Sub and reports them as recovered. Remove it.",
  );
}

/** Socket.IO calls what it is given with `new`, which an arrow function refuses. */
function adapterConstructor(transport: SocketTransport): (namespace: Namespace) => Adapter {
  return function (namespace) {
    return transport.createAdapter(namespace);
  };
}
