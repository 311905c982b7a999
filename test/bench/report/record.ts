import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { seriesTable, shortened } from './series.ts';
import { budgetTable } from './tables.ts';
import { type Measured, machineLines } from './text.ts';

const RESULTS = fileURLToPath(new URL('../results', import.meta.url));
const PAGE = fileURLToPath(new URL('../../../docs/performance.md', import.meta.url));
const BEGIN = '<!-- written by npm run bench -- --record -->';
const END = '<!-- end of what is written -->';

/** Adds the figures to those that are kept, and writes them into the page. Gives the files it wrote. */
export function record(measured: Measured, figures: Readonly<Record<string, unknown>>): readonly string[] {
  const at = new Date().toISOString();
  const commit = commitOf();
  mkdirSync(RESULTS, { recursive: true });
  const path = join(RESULTS, `${at.slice(0, 16).replace(':', '')}-${commit}.json`);
  // What each load was like in full is for whoever has just run it: a history is to stay small.
  const { series: _, ...kept } = figures;
  writeFileSync(path, `${JSON.stringify({ at, commit, ...kept }, undefined, 2)}\n`);
  writeFileSync(
    PAGE,
    withFigures(readFileSync(PAGE, 'utf8'), pageLines(measured, figures, `${at.slice(0, 10)}, ${commit}`)),
  );
  return [path, PAGE];
}

/** The page with other figures. Throws when it has no place for them. */
export function withFigures(page: string, lines: readonly string[]): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) {
    throw new Error(`the page has no place for figures: ${BEGIN} … ${END}`);
  }
  return `${page.slice(0, begin + BEGIN.length)}\n\n${lines.join('\n')}\n\n${page.slice(end)}`;
}

function pageLines({ machine, options, findings }: Measured, figures: object, when: string): string[] {
  const { series, failures, leftOut } = findings;
  const fewer = shortened(series, options.runs);
  const missing = [...failures.map(({ what }) => what), ...leftOut];
  return [
    `${when}: ${machineLines(machine).join('; ')}. Each load ${options.runs} × ${options.seconds} s.`,
    ...(missing.length === 0 ? [] : ['', `Not measured: ${missing.join(', ')}.`]),
    ...(fewer.length === 0 ? [] : ['', `Fewer runs, for lack of time: ${fewer.join(', ')}.`]),
    '',
    ...budgetTable(figures),
    '',
    ...seriesTable(series.filter(({ samples }) => samples.length > 0)),
  ];
}

/** Of the work tree; `unknown` outside one. */
function commitOf(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return 'unknown';
  }
}
