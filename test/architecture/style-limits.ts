import { parseSync, Visitor } from 'oxc-parser';
import { isTestCode, type SourceFile } from './source-file.ts';

const limits = { fileLines: 400, functionLines: 70, lineColumns: 120 } as const;

interface Span {
  readonly start: number;
  readonly end: number;
}

/** One line for every file, function or line that is longer than the limits. */
export function beyondLimits(file: SourceFile): string[] {
  const lines = file.text.split('\n');
  const length = lines.at(-1) === '' ? lines.length - 1 : lines.length;
  return [
    ...(length > limits.fileLines ? [`${file.path}: ${length} lines, at most ${limits.fileLines}`] : []),
    ...lines.flatMap((line, index) => longLine(file.path, index + 1, [...line].length)),
    ...functionSpans(file).flatMap((span, _, all) => longFunction(file, span, all)),
  ];
}

function longLine(path: string, line: number, columns: number): string[] {
  return columns > limits.lineColumns ? [`${path}:${line}: ${columns} columns, at most ${limits.lineColumns}`] : [];
}

/** In tests only a function's own lines count: a `describe` is a chapter, and each test in it is judged by itself. */
function longFunction(file: SourceFile, span: Span, all: readonly Span[]): string[] {
  const inner = isTestCode(file.path) ? outermost(all.filter((other) => contains(span, other))) : [];
  const lines = inner.reduce((sum, other) => sum - lineBreaks(file.text, other), lineBreaks(file.text, span) + 1);
  const first = file.text.slice(0, span.start).split('\n').length;
  return lines > limits.functionLines
    ? [`${file.path}:${first}: a function of ${lines} lines, at most ${limits.functionLines}`]
    : [];
}

function functionSpans(file: SourceFile): Span[] {
  const spans: Span[] = [];
  const add = ({ start, end }: Span): void => {
    spans.push({ start, end });
  };
  const visitor = new Visitor({ FunctionDeclaration: add, FunctionExpression: add, ArrowFunctionExpression: add });
  visitor.visit(parseSync(file.path, file.text).program);
  return spans;
}

function outermost(spans: readonly Span[]): Span[] {
  return spans.filter((span) => !spans.some((other) => contains(other, span)));
}

function contains(outer: Span, inner: Span): boolean {
  return outer !== inner && outer.start <= inner.start && inner.end <= outer.end;
}

function lineBreaks(text: string, span: Span): number {
  return text.slice(span.start, span.end).split('\n').length - 1;
}
