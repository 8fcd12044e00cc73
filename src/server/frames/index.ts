export { EventFrames, sendFrame, unsentBytes, type Frame } from './event-frames.js';
