export { WorkerGatewayModule } from './worker-gateway.module.js';
export type { WorkerGatewayOptions } from './worker-gateway.options.js';
export { WorkerEmitter } from './worker-emitter.js';
export { createWorkerEmitter, type CreateWorkerEmitterOptions } from './create-worker-emitter.js';
export type { GatewayLogger } from '../logging/index.js';
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
