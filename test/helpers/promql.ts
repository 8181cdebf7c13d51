import { parser } from '@prometheus-io/lezer-promql';

/** What an expression of PromQL asks for. */
export interface Asked {
  metrics: string[];
  /** Names of labels: of matchers and of groupings. */
  labels: string[];
}

/** Grafana's variables stand where PromQL wants a duration. */
const filled = (expression: string) => expression.replaceAll(/\$__\w*interval/g, '5m');

/** @throws Error with the place where it is no PromQL */
export function readPromql(expression: string): Asked {
  const text = filled(expression);
  const asked: Asked = { metrics: [], labels: [] };
  parser.parse(text).iterate({
    enter(node) {
      if (node.type.isError) throw new Error(`no PromQL at ${node.from}: ${text}`);
      if (node.name === 'VectorSelector') {
        const name = /^[a-zA-Z_:][\w:]*/.exec(text.slice(node.from, node.to))?.[0];
        if (name !== undefined) asked.metrics.push(name);
      }
      if (node.name === 'LabelName') asked.labels.push(text.slice(node.from, node.to));
    },
  });
  return asked;
}

/** Metrics of a Prometheus text by name, with their type and the label names that were seen. */
export function readExposition(text: string): Map<string, { type: string; labels: Set<string> }> {
  const found = new Map<string, { type: string; labels: Set<string> }>();
  for (const [, name = '', type = ''] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) found.set(name, { type, labels: new Set() });
  for (const [, name = '', labels = ''] of text.matchAll(/^(?!#)([\w:]+)(?:\{(.*)\})? \S+$/gm)) {
    const base = found.has(name) ? name : name.replace(/_(bucket|sum|count)$/, '');
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) found.get(base)?.labels.add(label);
  }
  return found;
}

/** The metric that a series belongs to. */
export function metricOf(series: string, known: ReadonlyMap<string, { type: string }>): string | null {
  if (known.has(series)) return series;
  const base = series.replace(/_(bucket|sum|count)$/, '');
  return known.get(base)?.type === 'histogram' || known.get(base)?.type === 'summary' ? base : null;
}
