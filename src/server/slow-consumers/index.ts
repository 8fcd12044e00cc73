export { SlowConsumers } from './slow-consumers.js';
