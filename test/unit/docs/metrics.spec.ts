import { readFileSync } from 'node:fs';
import { CauseLog } from '../../../src/logging/index.js';
import { METRICS, NO_METRICS, type GatewayMetrics } from '../../../src/metrics/index.js';
import { LimitReport } from '../../../src/server/limits/limit-report.js';
import { RecordingLogger } from '../../support/recording-logger.js';

const operations = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8');
const page = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');

describe('docs/metrics.md', () => {
  it('has every metric of the library in its table, in their order, with kind and labels, and no other', () => {
    const rows = [...page.matchAll(/^\| `socket_gateway_(\w+)` +\| (\w+) +\| ([^|]+?) +\|/gm)].map(
      ([, name, kind, labels]) => ({ name, kind, labels }),
    );
    expect(rows).toEqual(
      Object.entries(METRICS).map(([name, { kind, labels }]) => ({
        name,
        kind,
        labels: labels.map((label) => `\`${label}\``).join(', ') || '—',
      })),
    );
  });
});

describe('docs/operations.md', () => {
  it('names every limit by which limited_total counts, and no other', () => {
    const limits: (string | undefined)[] = [];
    const counted = {
      ...NO_METRICS,
      counter: (_name, { limit } = {}) => (limits.push(limit), { inc: () => undefined }),
    } satisfies GatewayMetrics;
    new LimitReport(counted, new CauseLog(new RecordingLogger()));
    const [, section = ''] = operations.split('### SocketGatewayLimited');
    const [means = ''] = section.split('**Users see**');
    const named = [...means.matchAll(/`([a-z-]+)`/g)]
      .map(([, name]) => name)
      .filter((name) => name !== 'limit');
    expect(named).toEqual(limits);
  });
});
