export { KeptDeliveries } from './kept-deliveries.js';
export { LiveDeliveries } from './live-deliveries.js';
