export type { GatewayLogger, LogFields } from './gateway-logger.js';
export { CauseLog } from './cause-log.js';
export { nestLogger, type LogFormat } from './nest-logger.js';
