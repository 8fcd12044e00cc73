export { SocketGatewayModule } from './socket-gateway.module.js';
export type {
  JwtAlgorithm,
  JwtHeader,
  JwtKeyProvider,
  JwtOptions,
  SocketAuthOptions,
  SocketJobsOptions,
  SocketGatewayOptions,
} from './options/index.js';
export type { LimitsOptions } from './limits/index.js';
export type { SocketGatewayExtras } from './socket-gateway.module-definition.js';
export { RedisIoAdapter } from './redis-io.adapter.js';
export { SocketGateway } from './socket-gateway.js';
export { RefusedError, SocketAuthenticator } from './auth/index.js';
export { getSocketUser, SocketUser, type AuthenticatedUser } from './users/index.js';
export { RoomAuthorizer } from './rooms/index.js';
export type { JobSecret } from '../job-rooms/index.js';
export {
  SocketGatewayHealth,
  SocketGatewayHealthIndicator,
  type SocketGatewayHealthResult,
} from './health/index.js';
export { GatewayExceptionFilter } from './gateway-exception.filter.js';
export type { SocketTransport } from './transport/index.js';
export type { HealthReport } from '../health/index.js';
export type { GatewayOptions, RedisClientLike, RedisOption } from '../config/index.js';
export {
  prometheusMetrics,
  type Counter,
  type GatewayMetrics,
  type Histogram,
  type MetricLabels,
  type MetricName,
  type PrometheusClient,
  type PrometheusMetricsOptions,
  type PrometheusRegister,
} from '../metrics/index.js';
export {
  openTelemetry,
  type AppendStep,
  type DeliveryStep,
  type EmitCall,
  type EmitOutcome,
  type GatewayTracing,
  type OpenTelemetryApi,
  type OpenTelemetryOptions,
  type OpenTelemetrySpan,
  type OpenTelemetrySpanOptions,
  type OpenTelemetryTracer,
  type TracedEmit,
} from '../tracing/index.js';
export {
  GatewayError,
  isGatewayError,
  SocketEmitter,
  type Delivery,
  type EmitOptions,
  type EmitResult,
  type EventName,
  type EventPayload,
  type GatewayErrorCode,
  type GatewayEvents,
  type HistoryEvent,
  type HistoryOptions,
  type RoomHistory,
  type SocketTarget,
  type UndeliveredEvent,
  type UndeliveredHandler,
  type UndeliveredOptions,
} from '../contract/index.js';
