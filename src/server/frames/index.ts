export { cutFailed } from './cut-failed.js';
export { EventFrames, sendFrame, unsentBytes, type Frame } from './event-frames.js';
