export { Drain } from './drain.js';
