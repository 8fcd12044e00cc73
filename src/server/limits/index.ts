export { ClientLimits } from './client-limits.js';
export type { ConnectionObserver } from './connection-observer.js';
export { connectionOf, cutOff, type EngineConnection } from './engine-connection.js';
export { LimitReport } from './limit-report.js';
export type { LimitsOptions, ResolvedLimits } from './limits.options.js';
export { limitsSchema } from './limits.schema.js';
export { RequestChecks } from './request-checks.js';
export { resolveLimits } from './resolve-limits.js';
