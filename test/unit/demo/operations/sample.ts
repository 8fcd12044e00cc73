import type { FigureSample } from '../../../../src/demo/operations/index.js';

/** A sample of a process that is well, but for what is named. */
export function sample(changes: Partial<FigureSample & { pid: number }> = {}): FigureSample & {
  pid: number;
} {
  return {
    pid: 1,
    time: 0,
    ready: true,
    redis: 'heard',
    connected: true,
    probeAgeMs: 100,
    connections: 0,
    emits: {},
    outbox: 0,
    outboxAgeMs: 0,
    gaps: 0,
    holesFilled: 0,
    latency: [],
    ...changes,
  };
}
