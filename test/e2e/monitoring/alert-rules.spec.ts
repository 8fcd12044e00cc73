import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ALL_IS_WELL, SCENARIOS } from '../../support/ops/alert-scenarios.js';
import { expressionsOf, readDashboard } from '../../support/ops/dashboard.js';
import { headingsOf } from '../../support/ops/headings-of.js';
import { problemsOf } from '../../support/ops/metrics-in.js';
import {
  PrometheusProcess,
  prometheusPrograms,
  type AlertRule,
} from '../../support/ops/prometheus-process.js';
import { Resources } from '../../support/resources.js';
import { succeed } from '../../support/run-command.js';

const file = fileURLToPath(new URL('../../../ops/prometheus/alerts.yml', import.meta.url));

const resources = new Resources();
let folder: string;
let rules: AlertRule[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'alert-rules-'));
  resources.add({ stop: () => rmSync(folder, { recursive: true }) });
  const prometheus = resources.add(await PrometheusProcess.start({ rules: readFileSync(file, 'utf8') }));
  rules = await prometheus.rules();
}, 60_000);
afterAll(() => resources.stop());

describe('The alert rules, as Prometheus has read them', () => {
  it('name metrics and labels of the library only', () => {
    expect(rules.flatMap(({ query }) => problemsOf(query))).toEqual([]);
  });

  it('each wait for a while, and say how grave it is, what it is, and where it is explained', () => {
    expect(rules.length).toBeGreaterThan(15);
    for (const { name, duration, labels, annotations } of rules) {
      const said = { name, duration, severity: labels['severity'], ...annotations };
      expect(said).toEqual({
        name,
        duration: expect.any(Number) as number,
        severity: expect.stringMatching(/^(critical|warning)$/) as string,
        summary: expect.stringMatching(/./) as string,
        description: expect.stringMatching(/./) as string,
        runbook_url: `docs/operations.md#${name.toLowerCase()}`,
      });
      expect(duration).toBeGreaterThan(0);
    }
  });

  it('each have a section in docs/operations.md, and no section is of none', () => {
    const names = rules.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const sections = headingsOf('docs/operations.md').filter((heading) =>
      heading.startsWith('SocketGateway'),
    );
    expect(sections.sort()).toEqual(names.sort());
  });
});

describe('The alerts that fire', () => {
  it('are each in a scenario', () => {
    const tried = new Set(SCENARIOS.flatMap(({ fires }) => fires));
    expect([...tried].sort()).toEqual(rules.map(({ name }) => name).sort());
  });

  it('are those of what happens, and no others', async () => {
    // In one go: each start of promtool takes longer than what it does.
    const tests = SCENARIOS.map(({ what, series, fires }) => ({
      name: what,
      interval: '15s',
      input_series: Object.entries({ ...ALL_IS_WELL, ...series }).map(([one, values]) => ({
        series: one,
        values,
      })),
      promql_expr_test: [
        {
          expr: 'count by (alertname) (ALERTS{alertstate="firing"})',
          eval_time: '30m',
          exp_samples: fires.map((name) => ({ labels: `{alertname="${name}"}`, value: 1 })),
        },
      ],
    }));
    const given = join(folder, 'tests.yml');
    // JSON is YAML.
    writeFileSync(given, JSON.stringify({ rule_files: [file], evaluation_interval: '15s', tests }));
    await succeed(prometheusPrograms().promtool, ['test', 'rules', given], { cwd: folder });
  }, 60_000);
});

describe('The dashboard', () => {
  it('asks Prometheus for what it understands', async () => {
    const asked = expressionsOf(readDashboard()).map((expression, index) => ({
      record: `dashboard:${index}`,
      // As Grafana does.
      expr: expression.replaceAll('$__rate_interval', '1m').replaceAll(/\$(job|instance)\b/g, '.*'),
    }));
    const given = join(folder, 'dashboard.yml');
    writeFileSync(given, JSON.stringify({ groups: [{ name: 'dashboard', rules: asked }] }));
    await succeed(prometheusPrograms().promtool, ['check', 'rules', given], { cwd: folder });
  });
});
