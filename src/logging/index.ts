export type { GatewayLogger } from './gateway-logger.js';
export { CauseLog } from './cause-log.js';
export { nestLogger } from './nest-logger.js';
