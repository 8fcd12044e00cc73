import fc from 'fast-check';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { detached } from '../../../../src/server/feed/detached.js';
import { anyString } from '../../../support/arbitraries.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapUsed(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

describe('a detached text', () => {
  it('is the same text', () => {
    fc.assert(fc.property(anyString, (text) => detached(text) === text));
  });

  it('does not keep the message in memory that it was a part of', () => {
    const before = heapUsed();
    const kept = Array.from({ length: 100 }, (_, index) => {
      const message = Buffer.from(`1700000000000-0.emitter_${index}.salt\n${'x'.repeat(100_000)}`).toString();
      return detached(message.slice(0, message.indexOf('\n')));
    });
    expect(heapUsed() - before).toBeLessThan(2_000_000);
    expect(kept[99]).toBe('1700000000000-0.emitter_99.salt');
  });
});
