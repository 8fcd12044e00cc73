import { Module } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { SocketEmitter } from '../contract/index.js';
import { CauseLog, nestLogger, type GatewayLogger } from '../logging/index.js';
import { sendFrame } from './frames/index.js';
import {
  HandshakeGuard,
  Identification,
  JwtAuthenticator,
  RevocationCheck,
  SocketAuthenticator,
} from './auth/index.js';
import { GatewayRuntime } from './gateway-runtime.js';
import { ClientLimits, LimitReport } from './limits/index.js';
import { SocketGatewayHealth, SocketGatewayHealthIndicator } from './health/index.js';
import { RedisIoAdapter } from './redis-io.adapter.js';
import { SERVER_OPTIONS } from './socket-gateway.constants.js';
import { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } from './socket-gateway.module-definition.js';
import { SlowConsumers } from './slow-consumers/index.js';
import { SocketGateway } from './socket-gateway.js';
import {
  resolveSocketGatewayOptions,
  type ResolvedJwt,
  type ResolvedSocketGatewayOptions,
  type SocketGatewayOptions,
} from './options/index.js';
import { ClaimsRoomAuthorizer, RoomAdmission, RoomAuthorizer } from './rooms/index.js';

const logger = ({ logFormat }: ResolvedSocketGatewayOptions): GatewayLogger =>
  nestLogger('SocketGateway', logFormat);

/**
 * The server side: an authenticated Socket.IO gateway in the application's own HTTP server, and the injectable
 * {@link SocketGateway} to emit with. Global; import it once.
 *
 * ```ts
 * SocketGatewayModule.forRoot({ auth: { jwt: { secret, algorithms: ['HS256'] } } })
 * // main.ts, before listen:
 * app.useWebSocketAdapter(app.get(RedisIoAdapter));
 * ```
 */
@Module({
  providers: [
    {
      provide: SERVER_OPTIONS,
      inject: [MODULE_OPTIONS_TOKEN, { token: SocketAuthenticator, optional: true }],
      useFactory: (options: SocketGatewayOptions, own: SocketAuthenticator | undefined) =>
        resolveSocketGatewayOptions(options, process.env, own !== undefined),
    },
    {
      provide: CauseLog,
      inject: [SERVER_OPTIONS],
      useFactory: (options: ResolvedSocketGatewayOptions) => new CauseLog(logger(options)),
    },
    {
      provide: Identification,
      inject: [SERVER_OPTIONS, { token: SocketAuthenticator, optional: true }],
      useFactory: createIdentification,
    },
    {
      provide: LimitReport,
      inject: [SERVER_OPTIONS, CauseLog],
      useFactory: ({ metrics }: ResolvedSocketGatewayOptions, causes: CauseLog) =>
        new LimitReport(metrics, causes),
    },
    {
      provide: ClientLimits,
      inject: [SERVER_OPTIONS, LimitReport],
      useFactory: ({ limits }: ResolvedSocketGatewayOptions, report: LimitReport) =>
        new ClientLimits(limits, report),
    },
    {
      provide: SlowConsumers,
      inject: [SERVER_OPTIONS, CauseLog],
      useFactory: ({ limits, metrics }: ResolvedSocketGatewayOptions, causes: CauseLog) =>
        new SlowConsumers({ maxQueuedBytes: limits.maxQueuedBytes, metrics, causes, send: sendFrame }),
    },
    {
      provide: HandshakeGuard,
      inject: [SERVER_OPTIONS, Identification, CauseLog, ClientLimits, GatewayRuntime],
      useFactory: createHandshakeGuard,
    },
    {
      provide: RoomAdmission,
      inject: [SERVER_OPTIONS, CauseLog, { token: RoomAuthorizer, optional: true }],
      useFactory: (
        { auth }: ResolvedSocketGatewayOptions,
        causes: CauseLog,
        own: RoomAuthorizer | undefined,
      ) => new RoomAdmission(own ?? new ClaimsRoomAuthorizer(auth.defaultRooms), auth.defaultRooms, causes),
    },
    {
      provide: GatewayRuntime,
      inject: [SERVER_OPTIONS, RoomAdmission, Identification, CauseLog, LimitReport, SlowConsumers],
      useFactory: (
        options: ResolvedSocketGatewayOptions,
        admission: RoomAdmission,
        identification: Identification,
        causes: CauseLog,
        report: LimitReport,
        slow: SlowConsumers,
      ) => new GatewayRuntime(options, admission, identification, logger(options), causes, report, slow),
    },
    RedisIoAdapter,
    SocketGateway,
    SocketGatewayHealth,
    SocketGatewayHealthIndicator,
    { provide: SocketEmitter, useExisting: SocketGateway },
  ],
  exports: [RedisIoAdapter, SocketGateway, SocketGatewayHealth, SocketGatewayHealthIndicator, SocketEmitter],
})
export class SocketGatewayModule extends ConfigurableModuleClass {
  constructor(modules: ModulesContainer) {
    super();
    drainBeforeAllOthers(modules);
  }
}

/**
 * While clients leave they are served, so nothing that serves them may have been ended. Nest calls `onModuleDestroy` in the
 * order of the modules' distance from the root, and `onModuleInit` in the reverse.
 */
function drainBeforeAllOthers(modules: ModulesContainer): void {
  for (const module of modules.values()) {
    if (module.metatype === SocketGatewayModule) module.distance = -1;
  }
}

function createIdentification(
  { auth }: ResolvedSocketGatewayOptions,
  own: SocketAuthenticator | undefined,
): Identification {
  // The options are refused when they have neither.
  const authenticator = own ?? new JwtAuthenticator(auth, auth.jwt as ResolvedJwt);
  return new Identification(authenticator, new RevocationCheck(auth.isRevoked, auth.isRevokedTimeoutMs));
}

function createHandshakeGuard(
  { auth, metrics, server }: ResolvedSocketGatewayOptions,
  identification: Identification,
  causes: CauseLog,
  limits: ClientLimits,
  gateway: GatewayRuntime,
): HandshakeGuard {
  const rules = { cors: server.cors, publicNamespaces: auth.publicNamespaces };
  return new HandshakeGuard({ identification, rules, causes, limits, metrics, gateway });
}
