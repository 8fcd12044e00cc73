export { SocketGatewayHealth } from './socket-gateway-health.js';
export {
  SocketGatewayHealthIndicator,
  type SocketGatewayHealthResult,
} from './socket-gateway-health.indicator.js';
