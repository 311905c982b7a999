import type { Block } from './pages.ts';

/** A command as it is typed, and the lines that it prints. A line `…` stands for any lines, or none. */
export interface Step {
  /** Page and line, for people. */
  readonly place: string;
  readonly command: string;
  readonly output: readonly string[];
}

const ANY = '…';
const PROMPT = '$ ';

/** The commands of a `console` block. Throws when it does not begin with one. */
export function stepsOf(block: Block): Step[] {
  const steps: { place: string; command: string; output: string[] }[] = [];
  for (const [index, line] of block.text.trimEnd().split('\n').entries()) {
    const place = `${block.page}:${block.line + 1 + index}`;
    if (line.startsWith(PROMPT)) {
      steps.push({ place, command: line.slice(PROMPT.length), output: [] });
    } else if (steps.length === 0) {
      throw new Error(`${place}: output without a command`);
    } else {
      steps.at(-1)?.output.push(line);
    }
  }
  return steps;
}

/** What differs from run to run, by the name that stands for it. */
const VARIABLES: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['<uuid>', /\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g],
  ['<hash>', /\b[0-9a-f]{64}\b/g],
  ['<digest>', /\b[0-9a-f]{32}\b/g],
  ['<time>', /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g],
  ['process <n>', /\bprocess \d+/g],
  ['port <n>', /\bport \d+/g],
  ['127.0.0.1:<n>', /127\.0\.0\.1:\d+/g],
  ['data in <directory>', /\bdata in .+$/g],
];

function stable(line: string): string {
  return VARIABLES.reduce((text, [name, pattern]) => text.replaceAll(pattern, name), line).trimEnd();
}

/** The lines between one `…` and the next. */
function segmentsOf(output: readonly string[]): string[][] {
  const segments: string[][] = [[]];
  for (const line of output) {
    if (line === ANY) {
      segments.push([]);
    } else {
      segments.at(-1)?.push(stable(line));
    }
  }
  return segments;
}

function startsAt(lines: readonly string[], segment: readonly string[], start: number): boolean {
  return segment.every((line, index) => lines[start + index] === line);
}

/** The first lines that a page shows and the command did not print; undefined when it printed what is shown. */
export function missingIn(printed: string, shown: readonly string[]): readonly string[] | undefined {
  const lines = printed === '' ? [] : printed.replace(/\n$/, '').split('\n').map(stable);
  const segments = segmentsOf(shown);
  let position = 0;
  for (const [index, segment] of segments.entries()) {
    const last = lines.length - segment.length;
    const lowest = index === segments.length - 1 ? Math.max(position, last) : position;
    const highest = index === 0 ? 0 : last;
    let start = lowest;
    while (start <= highest && !startsAt(lines, segment, start)) {
      start += 1;
    }
    if (start > highest) {
      return segment;
    }
    position = start + segment.length;
  }
  return undefined;
}
