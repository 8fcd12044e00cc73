import { CauseLog } from '../../../src/logging/index.js';
import { NO_TRACING, survivingTracing, type GatewayTracing } from '../../../src/tracing/index.js';
import { RecordingLogger } from '../../support/recording-logger.js';

const logger = new RecordingLogger();
const causes = new CauseLog(logger);
afterAll(() => causes.close());

const fail = (): never => {
  throw new TypeError('of user ann');
};
const throwing: GatewayTracing = { emit: fail, appended: fail, delivered: fail };
const call = { room: 'r', event: 'event', rooms: 1 };

describe('A tracing that throws', () => {
  it('is survived at every step, and logged without its message', () => {
    const tracing = survivingTracing(throwing, causes);
    expect(tracing?.emit(call)).toBeUndefined();
    tracing?.appended({} as never);
    tracing?.delivered({} as never);
    const late = survivingTracing({ ...throwing, emit: () => ({ traceparent: 'x', end: fail }) }, causes);
    const traced = late?.emit(call);
    expect(traced?.traceparent).toBe('x');
    traced?.end({ delivery: 'live', results: [] });
    expect(logger.lines.join()).toContain('The tracing has failed');
    expect(logger.lines.join()).toContain('TypeError');
    expect(logger.lines.join()).not.toContain('ann');
  });

  it('is not asked at all where nothing is traced', () => {
    expect(survivingTracing(NO_TRACING, causes)).toBeUndefined();
  });
});
