import { readFileSync } from 'node:fs';
import { METRICS } from '../../../src/metrics/index.js';

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
