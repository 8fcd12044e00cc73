import type { ModuleMetadata, Type } from '@nestjs/common';
import {
  SocketGatewayModule,
  type LimitsOptions,
  type RoomAuthorizer,
  type SocketAuthenticator,
  type SocketGatewayOptions,
} from 'nestjs-socket-gateway';
import { AUTH, startGatewayApp, type GatewayApp } from './gateway-app.js';
import { RecordedMetrics } from './recorded-metrics.js';

/** A server without Redis that has limits, and what it counts. */
export interface LimitedServer extends GatewayApp {
  readonly metrics: RecordedMetrics;
  /** How often something was refused because of a limit. */
  limited(limit: string): number;
}

interface More {
  readonly options?: Partial<SocketGatewayOptions>;
  readonly metadata?: ModuleMetadata;
  /** What the application has in place of the library's. */
  readonly classes?: { authorizer?: Type<RoomAuthorizer>; authenticator?: Type<SocketAuthenticator> };
}

/** @param more options, classes and gateways of the application */
export async function startLimitedServer(
  limits: LimitsOptions,
  { options, metadata = {}, classes }: More = {},
): Promise<LimitedServer> {
  const metrics = new RecordedMetrics();
  const app = await startGatewayApp({
    metadata,
    gateway: SocketGatewayModule.forRoot({ redis: '', auth: AUTH, limits, metrics, ...options, ...classes }),
  });
  return { ...app, metrics, limited: (limit) => metrics.count('limited_total', { limit }) };
}
