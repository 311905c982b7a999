import { definitionOf, type LabelsOf, type MetricName, metricNames, type NameOf } from './table.ts';

export interface Counter {
  /** Adds a number that is not negative; 1 by default. */
  add(amount?: number): void;
}

export interface Gauge {
  set(value: number): void;
}

export interface Histogram {
  /** In the unit of the metric's name: seconds for `…_seconds`. */
  observe(value: number): void;
}

type LabelArguments<Name extends MetricName> = keyof LabelsOf<Name> extends never ? [] : [labels: LabelsOf<Name>];

/**
 * The metrics of one process, by the names of the table. Asking again for the same name and labels gives the same
 * series; on a hot path keep the series instead of asking each time.
 */
export interface Metrics {
  counter<Name extends NameOf<'counter'>>(name: Name, ...labels: LabelArguments<Name>): Counter;
  gauge<Name extends NameOf<'gauge'>>(name: Name, ...labels: LabelArguments<Name>): Gauge;
  histogram<Name extends NameOf<'histogram'>>(name: Name, ...labels: LabelArguments<Name>): Histogram;
  /** Called before every exposition, to set what is cheaper to ask than to keep. */
  onCollect(collect: () => void): void;
  /** The Prometheus text format, version 0.0.4. */
  expose(): string;
}

interface Series {
  lines(name: string, labels: string): string[];
}

type Families<Kind extends Series> = Map<MetricName, Map<string, Kind>>;

export function createMetrics(): Metrics {
  const numbers: Families<NumberSeries> = new Map();
  const histograms: Families<HistogramSeries> = new Map();
  const collectors: (() => void)[] = [];
  const numberOf = (name: MetricName, labels: LabelValues | undefined): NumberSeries =>
    seriesOf(numbers, name, labels, () => new NumberSeries());

  return {
    counter: (name, ...[labels]) => numberOf(name, labels),
    gauge: (name, ...[labels]) => numberOf(name, labels),
    histogram: (name, ...[labels]) =>
      seriesOf(histograms, name, labels, () => new HistogramSeries(definitionOf(name).buckets ?? [])),
    onCollect: (collect) => {
      collectors.push(collect);
    },
    expose: () => {
      for (const collect of collectors) {
        collect();
      }
      const lines = metricNames.flatMap((name) => familyLines(name, numbers.get(name) ?? histograms.get(name)));
      return `${lines.join('\n')}\n`;
    },
  };
}

function seriesOf<Kind extends Series>(
  families: Families<Kind>,
  name: MetricName,
  labels: LabelValues | undefined,
  make: () => Kind,
): Kind {
  const family = families.get(name) ?? new Map<string, Kind>();
  families.set(name, family);
  const key = labelText(name, labels ?? {});
  const series = family.get(key) ?? make();
  family.set(key, series);
  return series;
}

class NumberSeries implements Series, Counter, Gauge {
  #value = 0;

  add(amount = 1): void {
    this.#value += amount;
  }

  set(value: number): void {
    this.#value = value;
  }

  lines(name: string, labels: string): string[] {
    return [`${name}${braces(labels)} ${numberText(this.#value)}`];
  }
}

class HistogramSeries implements Series, Histogram {
  readonly #bounds: readonly number[];
  readonly #counts: Float64Array;
  #sum = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    let bucket = 0;
    while (bucket < this.#bounds.length && value > (this.#bounds[bucket] ?? 0)) {
      bucket += 1;
    }
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#sum += value;
  }

  lines(name: string, labels: string): string[] {
    const before = labels === '' ? '' : `${labels},`;
    let total = 0;
    const lines = Array.from(this.#counts, (count, bucket) => {
      total += count;
      const bound = this.#bounds[bucket];
      return `${name}_bucket{${before}le="${bound === undefined ? '+Inf' : numberText(bound)}"} ${total}`;
    });
    return [
      ...lines,
      `${name}_sum${braces(labels)} ${numberText(this.#sum)}`,
      `${name}_count${braces(labels)} ${total}`,
    ];
  }
}

type LabelValues = Readonly<Record<string, string>>;

function familyLines(name: MetricName, family: ReadonlyMap<string, Series> | undefined): string[] {
  if (family === undefined) {
    return [];
  }
  const { type, help } = definitionOf(name);
  const series = [...family].flatMap(([labels, one]) => one.lines(name, labels));
  return [
    `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
    `# TYPE ${name} ${type}`,
    ...series,
  ];
}

function labelText(name: MetricName, values: LabelValues): string {
  return definitionOf(name)
    .labels.map((label) => `${label}="${escapeLabel(values[label] ?? '')}"`)
    .join(',');
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function braces(labels: string): string {
  return labels === '' ? '' : `{${labels}}`;
}

function numberText(value: number): string {
  if (Number.isFinite(value)) {
    return String(value);
  }
  return Number.isNaN(value) ? 'NaN' : `${value > 0 ? '+' : '-'}Inf`;
}
