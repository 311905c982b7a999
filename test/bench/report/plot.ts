import { SHARES } from '../load/tasks.ts';
import { latencyOf, type Series } from '../measure/sample.ts';
import type { CurvePoint } from './findings.ts';
import { countText } from './numbers.ts';

interface Point {
  readonly x: number;
  readonly y: number;
}

interface Line {
  readonly name: string;
  readonly points: readonly Point[];
}

interface Axis {
  readonly title: string;
  readonly from: number;
  readonly to: number;
  /** Where it is labelled, and how. */
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
}

interface Chart {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly lines: readonly Line[];
}

const WIDTH = 900;
const CHART = { left: 70, top: 50, width: 560, height: 300, pitch: 420 } as const;
const COLOURS = ['#1b6ca8', '#c0392b', '#27864a', '#8e44ad', '#b9770e', '#16a085', '#5d6d7e', '#d35400'] as const;
/** Share of the requests that is beyond a percentile, as far as the axis goes: the slowest of all stand at its end. */
const LEAST_SHARE_BEYOND = 1e-5;

/** Two charts in one SVG: latencies by percentile, and, where they were measured, rates by requests under way. */
export function plotOf(series: readonly Series[], curve: readonly CurvePoint[]): string {
  const measured = series.filter(({ samples }) => samples.length > 0);
  const charts = [
    ...(measured.length === 0 ? [] : [latencyChart(measured)]),
    ...(curve.length === 0 ? [] : [rateChart(curve)]),
  ];
  const height = charts.length * CHART.pitch;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${height}" fill="white"/>`,
    ...charts.flatMap((chart, place) => chartMarks(chart, CHART.top + place * CHART.pitch)),
    '</svg>\n',
  ].join('\n');
}

function latencyChart(series: readonly Series[]): Chart {
  const placeOf = (share: number): number => -Math.log10(Math.max(LEAST_SHARE_BEYOND, 1 - share));
  const lines = series.map(
    (one): Line => ({
      name: one.name,
      points: SHARES.map((share) => ({ x: placeOf(share), y: Math.log10(Math.max(0.01, latencyOf(one, share))) })),
    }),
  );
  const shares = [0.5, 0.9, 0.99, 0.999, 0.9999, 1];
  const ticks = shares.map((share) => ({ at: placeOf(share), label: share === 1 ? 'max' : `${share * 100} %` }));
  return {
    title: 'How long requests take',
    x: { title: 'share of the requests that took no longer', from: placeOf(0.5), to: placeOf(1), ticks },
    y: powersOfTen('ms', lines),
    lines,
  };
}

function rateChart(curve: readonly CurvePoint[]): Chart {
  const most = Math.max(1, ...curve.map(({ perSecond }) => perSecond));
  const points = curve.map(({ inFlight, perSecond }) => ({ x: Math.log2(inFlight), y: perSecond }));
  const quarters = [0, 0.25, 0.5, 0.75, 1].map((part) => ({ at: part * most, label: countText(part * most) }));
  return {
    title: 'Claims a second by requests under way',
    x: {
      ...{ title: 'requests under way', from: points[0]?.x ?? 0, to: points.at(-1)?.x ?? 1 },
      ticks: curve.map(({ inFlight }) => ({ at: Math.log2(inFlight), label: String(inFlight) })),
    },
    y: { title: 'claims a second', from: 0, to: most, ticks: quarters },
    lines: [{ name: 'single claims', points }],
  };
}

/** A logarithmic axis that has room for all lines. */
function powersOfTen(title: string, lines: readonly Line[]): Axis {
  const all = lines.flatMap(({ points }) => points.map(({ y }) => y));
  const [from, to] = [Math.floor(Math.min(...all)), Math.ceil(Math.max(...all))];
  const ticks = Array.from({ length: to - from + 1 }, (_, place) => ({
    at: from + place,
    label: String(Number((10 ** (from + place)).toPrecision(1))),
  }));
  return { title, from, to, ticks };
}

function chartMarks({ title, x, y, lines }: Chart, top: number): string[] {
  const { left, width, height } = CHART;
  const across = (value: number): number => left + ((value - x.from) / (x.to - x.from || 1)) * width;
  const down = (value: number): number => top + height - ((value - y.from) / (y.to - y.from || 1)) * height;
  const right = left + width;
  return [
    text(left, top - 20, title, 'font-size="15"'),
    ...y.ticks.flatMap(({ at, label }) => [
      `<path d="M${left} ${down(at).toFixed(1)}H${right}" stroke="#ddd"/>`,
      text(left - 8, down(at) + 4, label, 'text-anchor="end"'),
    ]),
    ...x.ticks.map(({ at, label }) => text(across(at), top + height + 18, label, 'text-anchor="middle"')),
    text(left + width / 2, top + height + 38, x.title, 'text-anchor="middle"'),
    text(left - 8, top - 4, y.title, 'text-anchor="end"'),
    ...lines.flatMap(({ name, points }, place) => {
      const colour = COLOURS[place % COLOURS.length] ?? 'black';
      const path = points.map((point) => `${across(point.x).toFixed(1)},${down(point.y).toFixed(1)}`).join(' ');
      const dashes = place < COLOURS.length ? '' : ' stroke-dasharray="5 3"';
      return [
        `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"${dashes}/>`,
        text(right + 14, top + 12 + place * 16, name, `fill="${colour}"`),
      ];
    }),
  ];
}

function text(x: number, y: number, content: string, attributes: string): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${escaped}</text>`;
}
