export { KeptDeliveries, type EndDelivery } from './kept-deliveries.js';
export { LiveDeliveries, type LiveDelivery } from './live-deliveries.js';
