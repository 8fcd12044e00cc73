import { jest } from '@jest/globals';
import { CauseLog } from '../../../src/logging/index.js';
import { RecordingLogger } from '../../support/recording-logger.js';

describe('CauseLog', () => {
  let logger: RecordingLogger;
  let causes: CauseLog;

  beforeEach(() => {
    jest.useFakeTimers();
    logger = new RecordingLogger();
    causes = new CauseLog(logger);
  });

  afterEach(() => {
    causes.close();
    jest.useRealTimers();
  });

  it('writes the first line of a cause at once', () => {
    causes.warn('a', 'first');
    causes.error('b', 'second');
    expect(logger.lines).toEqual(['warn: first', 'error: second']);
  });

  it('writes at most one line per cause and 10 s, with the number of those left out and the latest of them', () => {
    for (let count = 1; count <= 1000; count++) causes.warn('a', `line ${count}`);
    jest.advanceTimersByTime(9_999);
    expect(logger.lines).toEqual(['warn: line 1']);
    jest.advanceTimersByTime(1);
    expect(logger.lines).toEqual(['warn: line 1', 'warn: line 1000 (999 more in the last 10 s)']);
  });

  it('tells the cause and how many were left out to a logger that takes fields', () => {
    const written: unknown[] = [];
    const writeFields = (...line: unknown[]): void => void written.push(line);
    const own = new CauseLog(Object.assign(new RecordingLogger(), { writeFields }));
    own.warn('a', 'first');
    own.warn('a', 'second');
    own.close();
    expect(written).toEqual([
      ['warn', 'first', { cause: 'a' }],
      ['warn', 'second (1 more since the line above)', { cause: 'a', repeats: 1 }],
    ]);
  });

  it('stays with that pace for as long as the cause comes up', () => {
    for (let second = 0; second < 35; second++) {
      causes.error('a', `second ${second}`);
      jest.advanceTimersByTime(1000);
    }
    expect(logger.lines).toEqual([
      'error: second 0',
      'error: second 9 (9 more in the last 10 s)',
      'error: second 19 (10 more in the last 10 s)',
      'error: second 29 (10 more in the last 10 s)',
    ]);
  });

  it('counts each cause by itself', () => {
    causes.warn('a', 'a1');
    causes.warn('b', 'b1');
    causes.warn('a', 'a2');
    jest.advanceTimersByTime(10_000);
    expect(logger.lines).toEqual(['warn: a1', 'warn: b1', 'warn: a2 (1 more in the last 10 s)']);
  });

  it('forgets a cause that was silent for a period', () => {
    causes.warn('a', 'first');
    jest.advanceTimersByTime(10_000);
    expect(jest.getTimerCount()).toBe(0);
    causes.warn('a', 'again');
    expect(logger.lines).toEqual(['warn: first', 'warn: again']);
  });

  it('writes what is still counted when it is closed, as severe as it was, and leaves no timer', () => {
    causes.error('a', 'first');
    causes.error('a', 'second');
    causes.warn('b', 'only');
    causes.close();
    expect(logger.lines).toEqual([
      'error: first',
      'warn: only',
      'error: second (1 more since the line above)',
    ]);
    expect(jest.getTimerCount()).toBe(0);
    causes.close();
    expect(logger.lines).toHaveLength(3);
  });

  it('goes on limiting lines after it was closed: a timer may emit for ever', () => {
    causes.close();
    for (let count = 1; count <= 100; count++) causes.warn('a', `late ${count}`);
    expect(logger.lines).toEqual(['warn: late 1']);
  });

  it('lets no logger that throws harm who reports, or the process', () => {
    const refuse = (): never => {
      throw new Error('the disk is full');
    };
    const loud = new CauseLog({ log: refuse, warn: refuse, error: refuse });
    loud.warn('a', 'first');
    loud.warn('a', 'second');
    jest.advanceTimersByTime(10_000);
    loud.error('a', 'third');
    loud.close();
    expect(jest.getTimerCount()).toBe(0);
  });
});
