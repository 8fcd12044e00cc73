import { METRIC_PREFIX, METRICS, type MetricDefinition } from '../../../src/metrics/index.js';

/** What Prometheus itself adds to each series. */
const ADDED_LABELS = ['job', 'instance'];

const METRIC = /\bsocket_gateway_(\w+)(?:\{([^}]*)\})?/g;
const GROUPING = /\b(?:by|on|without|ignoring) ?\(([^)]*)\)/g;
const MATCHER = /(\w+) ?(?:=~|!~|!=|=)/g;

/** The names of the metrics in an expression of Prometheus, or in any text, without the prefix. */
export function metricsIn(text: string): string[] {
  return [...text.matchAll(METRIC)].map(([, name]) => name as string);
}

/**
 * What is wrong with the metrics of an expression: names that the library does not have, series that a histogram does not
 * have, and labels that they do not have.
 */
export function problemsOf(expression: string): string[] {
  const known = new Set(ADDED_LABELS);
  const problems: string[] = [];
  for (const [, written = '', matchers = ''] of expression.matchAll(METRIC)) {
    const found = definitionOf(written);
    if (!found) {
      problems.push(`There is no metric ${METRIC_PREFIX}${written}.`);
      continue;
    }
    const labels = [...found.labels, ...ADDED_LABELS, ...(written.endsWith('_bucket') ? ['le'] : [])];
    for (const label of labels) known.add(label);
    for (const [, label = ''] of matchers.matchAll(MATCHER)) {
      if (!labels.includes(label)) problems.push(`${written} has no label ${label}.`);
    }
  }
  for (const [, list = ''] of expression.matchAll(GROUPING)) {
    for (const label of list.split(',').map((one) => one.trim())) {
      if (!known.has(label)) problems.push(`Nothing in '${expression}' has the label ${label}.`);
    }
  }
  return problems;
}

function definitionOf(written: string): MetricDefinition | undefined {
  const table: Readonly<Record<string, MetricDefinition>> = METRICS;
  const histogram = table[written.replace(/_(bucket|sum|count)$/, '')];
  const plain = table[written];
  if (plain) return plain.kind === 'histogram' ? undefined : plain;
  return histogram?.kind === 'histogram' ? histogram : undefined;
}
