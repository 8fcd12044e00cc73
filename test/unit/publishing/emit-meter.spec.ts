import { CauseLog } from '../../../src/logging/index.js';
import { EmitMeter } from '../../../src/publishing/emit-meter.js';
import { EventPublisher } from '../../../src/publishing/event-publisher.js';
import { TracedPublisher } from '../../../src/publishing/traced-publisher.js';
import type { Publisher } from '../../../src/publishing/publisher.interface.js';
import type { MetricLabels } from '../../../src/metrics/index.js';
import { RecordedMetrics } from '../../support/recorded-metrics.js';
import { RecordingLogger } from '../../support/recording-logger.js';

describe.each(['without tracing', 'with tracing'])('What emits are counted as, %s,', (form) => {
  let metrics = new RecordedMetrics();
  let publisher: Publisher;

  beforeEach(() => {
    metrics = new RecordedMetrics();
    const settings = {
      live: { emit: () => Promise.resolve() },
      kept: { emit: () => Promise.resolve({ status: 'published' } as const) },
      delivery: 'durable' as const,
      maxPayloadBytes: 1000,
      causes: new CauseLog(new RecordingLogger()),
      meter: new EmitMeter(metrics),
    };
    publisher =
      form === 'with tracing'
        ? new TracedPublisher(
            { emit: () => undefined, appended: () => undefined, delivered: () => undefined },
            (traceparent) => new EventPublisher({ ...settings, traceparent }),
          )
        : new EventPublisher(settings);
  });

  const emits = (labels: MetricLabels): number => metrics.count('emits_total', labels);
  const failures = (code: string): number => metrics.count('failed_emits_total', { code });

  it('is one for each user, also when all of them are refused', async () => {
    await publisher.toUsers(['1', '2', ''], 'a', 1, undefined);
    expect(emits({ delivery: 'durable', status: 'published' })).toBe(2);
    expect(emits({ delivery: 'durable', status: 'failed' })).toBe(1);
    expect(failures('INVALID_USER')).toBe(1);
    await publisher.toUsers(['1', '2', '3'], 'a', 1n, undefined);
    expect(emits({ delivery: 'none', status: 'failed' })).toBe(3);
    expect(failures('INVALID_EVENT')).toBe(3);
    await publisher.toUsers([], 'a', 1, undefined);
    expect(emits({ delivery: 'none', status: 'failed' })).toBe(4);
    expect(failures('INVALID_USER')).toBe(2);
  });

  it('is one for each user when nothing is taken any more', async () => {
    publisher.close();
    await publisher.toUsers(['1', '2'], 'a', 1, { delivery: 'latest' });
    await publisher.toUser('1', 'a', 1, undefined);
    expect(failures('EMITTER_CLOSED')).toBe(3);
    expect(emits({ delivery: 'latest', status: 'failed' })).toBe(2);
    expect(emits({ delivery: 'none', status: 'failed' })).toBe(1);
  });

  it('is its own delivery, whatever is emitted while its payload is written', async () => {
    const emitting = {
      toJSON: () => {
        void publisher.toUser('', 'inner', 1, { delivery: 'live' });
        return 1;
      },
    };
    await publisher.toUser('1', 'outer', emitting, undefined);
    await publisher.toUsers(['1', '2'], 'outer', emitting, { delivery: 'latest' });
    expect(emits({ delivery: 'durable', status: 'published' })).toBe(1);
    expect(emits({ delivery: 'latest', status: 'published' })).toBe(2);
    expect(emits({ delivery: 'live', status: 'failed' })).toBe(2);
    expect(emits({ delivery: 'none', status: 'failed' })).toBe(0);
  });
});
