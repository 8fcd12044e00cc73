import type { ModuleMetadata } from '@nestjs/common';
import { SocketGatewayModule, type LimitsOptions, type SocketGatewayOptions } from 'nestjs-socket-gateway';
import { AUTH, startGatewayApp, type GatewayApp } from './gateway-app.js';
import { RecordedMetrics } from './recorded-metrics.js';

/** A server without Redis that has limits, and what it counts. */
export interface LimitedServer extends GatewayApp {
  readonly metrics: RecordedMetrics;
  /** How often something was refused because of a limit. */
  limited(limit: string): number;
}

/** @param more options and gateways of the application */
export async function startLimitedServer(
  limits: LimitsOptions,
  more: { options?: Partial<SocketGatewayOptions>; metadata?: ModuleMetadata } = {},
): Promise<LimitedServer> {
  const metrics = new RecordedMetrics();
  const app = await startGatewayApp({
    metadata: more.metadata ?? {},
    gateway: SocketGatewayModule.forRoot({ redis: '', auth: AUTH, limits, metrics, ...more.options }),
  });
  return { ...app, metrics, limited: (limit) => metrics.count('limited_total', { limit }) };
}
