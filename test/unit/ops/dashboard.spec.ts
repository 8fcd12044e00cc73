import { METRICS } from '../../../src/metrics/index.js';
import { expressionsOf, readDashboard, type DashboardPanel } from '../../support/ops/dashboard.js';
import { problemsOf } from '../../support/ops/metrics-in.js';

const dashboard = readDashboard();
const panels = dashboard.panels.filter(({ type }) => type !== 'row');

const overlap = (one: DashboardPanel, other: DashboardPanel): boolean =>
  one.gridPos.x < other.gridPos.x + other.gridPos.w &&
  other.gridPos.x < one.gridPos.x + one.gridPos.w &&
  one.gridPos.y < other.gridPos.y + other.gridPos.h &&
  other.gridPos.y < one.gridPos.y + one.gridPos.h;

describe('The dashboard for Grafana', () => {
  it('asks for metrics and labels of the library only', () => {
    expect(expressionsOf(dashboard).length).toBeGreaterThan(30);
    expect(expressionsOf(dashboard).flatMap(problemsOf)).toEqual([]);
  });

  it('shows every metric', () => {
    const shown = expressionsOf(dashboard).join('\n');
    const missing = Object.keys(METRICS).filter(
      (name) => !new RegExp(`socket_gateway_${name}\\b|socket_gateway_${name}_bucket`).test(shown),
    );
    expect(missing).toEqual([]);
  });

  it('shows in its legends labels by which it groups', () => {
    const targets = panels.flatMap(({ targets: own = [] }) => own);
    const unknown = targets.flatMap(({ expr, legendFormat }) =>
      [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)]
        .map(([, label]) => label as string)
        .filter((label) => !new RegExp(`by \\([^)]*\\b${label}\\b`).test(expr)),
    );
    expect(unknown).toEqual([]);
  });

  it('can be imported anywhere: it has no id, and takes Prometheus, jobs and instances from its variables', () => {
    expect(dashboard.id).toBeNull();
    expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(39);
    expect(dashboard.templating.list.map(({ name, type }) => [name, type])).toEqual([
      ['datasource', 'datasource'],
      ['job', 'query'],
      ['instance', 'query'],
    ]);
    expect(dashboard.templating.list.flatMap(({ definition = '' }) => problemsOf(definition))).toEqual([]);
    for (const { datasource, targets = [] } of panels) {
      for (const { uid } of [datasource, ...targets.map((target) => target.datasource)].flatMap(
        (one) => one ?? [],
      ))
        expect(uid).toBe('${datasource}');
    }
    for (const expression of expressionsOf(dashboard))
      expect(expression).toMatch(/\{job=~"\$job", instance=~"\$instance"/);
  });

  it('groups its panels by questions, says of each what it shows, and lays none over another', () => {
    const rows = dashboard.panels.filter(({ type }) => type === 'row').map(({ title }) => title);
    expect(rows).toEqual([
      'At a glance',
      'Are events arriving?',
      'Is anyone being refused?',
      'How is Redis?',
      'How are the processes?',
    ]);
    for (const { description, datasource, targets } of panels) {
      expect(description).toMatch(/\.$/);
      expect([datasource, targets?.length]).not.toContain(undefined);
    }
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    const overlapping = dashboard.panels.filter((one, index) =>
      dashboard.panels.slice(index + 1).some((other) => overlap(one, other)),
    );
    expect(overlapping).toEqual([]);
  });
});
