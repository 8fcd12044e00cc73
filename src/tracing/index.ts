export {
  NO_TRACING,
  type AppendStep,
  type DeliveryStep,
  type EmitCall,
  type EmitOutcome,
  type GatewayTracing,
  type TracedEmit,
} from './gateway-tracing.js';
export { openTelemetry, type OpenTelemetryOptions } from './open-telemetry.js';
export type {
  OpenTelemetryApi,
  OpenTelemetrySpan,
  OpenTelemetrySpanOptions,
  OpenTelemetryTracer,
} from './open-telemetry-api.interface.js';
export { carry, traceparentIn, withoutCarried } from './carried-traceparent.js';
export { isTraceparent } from './traceparent.js';
export { survivingTracing } from './surviving-tracing.js';
