export { FigureReader } from './figure-reader.js';
export { FigureSampler } from './figure-sampler.js';
export type { FigureSample, ProcessFigures } from './figure-sample.js';
export { OPERATIONS_ROOM, type Beat, type OperationsEvents } from './operations-events.js';
