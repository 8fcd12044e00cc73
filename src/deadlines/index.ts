export { DeadlineLine } from './deadline-line.js';
