import { Watch } from '../../../../src/demo/web/operations/watch.js';
import { sample } from './sample.js';

type Changes = Parameters<typeof sample>[0];

/** What a watch finds in samples that come every second. */
function seen(...changes: Changes[]): { watch: Watch; texts: string[] } {
  const watch = new Watch('Server');
  const texts = changes.flatMap((change, index) =>
    watch.look(sample({ time: 1000 * index, ...change })).map(({ time, text }) => `${time} ${text}`),
  );
  return { watch, texts };
}

describe('Watch', () => {
  it('tells once that Redis does not answer, from the first event on that waited, and how it healed', () => {
    const { watch, texts } = seen(
      {},
      { outbox: 2, outboxAgeMs: 400 },
      { outbox: 6, outboxAgeMs: 1400 },
      { outbox: 10, outboxAgeMs: 2400, connected: false },
      { outbox: 4, outboxAgeMs: 0 },
      {},
      { outbox: 1, outboxAgeMs: 3 },
      {},
    );
    expect(texts).toEqual([
      '600 Redis does not answer Server 1',
      '4000 Redis answers Server 1 again, after 3.4 s',
      '5000 The outbox of Server 1 is empty: 10 events had waited in it',
    ]);
    expect(watch.outages).toEqual([{ from: 600, to: 4000 }]);
    expect(watch.outage).toBeUndefined();
  });

  it('finds an outage in which nothing was emitted by what comes back through Redis', () => {
    const { watch, texts } = seen({}, { probeAgeMs: 6900 }, { probeAgeMs: 7900 });
    expect(texts).toEqual(['2000 Redis does not answer Server 1']);
    expect(watch.outage).toEqual({ from: 2000, to: undefined });
  });

  it('tells when the process is not ready and when it is again', () => {
    const { texts } = seen({}, { ready: false }, { ready: false }, {});
    expect(texts).toEqual(['1000 Server 1 is not ready', '3000 Server 1 is ready again']);
  });

  it('counts gaps and holes that were added, and not those from before it looked', () => {
    const { texts } = seen(
      { gaps: 3, holesFilled: 1 },
      { gaps: 3, holesFilled: 3 },
      { gaps: 4, holesFilled: 3 },
    );
    expect(texts).toEqual(['1000 2 holes filled from the log', '2000 Events were missing: 1 gap announced']);
  });

  it('tells that another process has taken its place', () => {
    const { watch, texts } = seen({ gaps: 7, connected: false }, { pid: 2 });
    expect(texts).toEqual(['0 Redis does not answer Server 1', '1000 Server 1 was replaced by process 2']);
    expect(watch.outage).toBeUndefined();
  });

  it('takes a server without Redis for well', () => {
    expect(seen({ redis: 'none', connected: null, probeAgeMs: null }).texts).toEqual([]);
  });
});
