import { type CallExpression, type Expression, parseSync, Visitor } from 'oxc-parser';
import type { Page } from './pages.ts';

/** A test as a source file has it. */
export interface NamedTest {
  /** As it is written, with the placeholders of a table. */
  readonly title: string;
  /** Something may keep it from running: it or a chapter around it is skipped, it has no body, or it skips itself. */
  readonly isSkipped: boolean;
}

/** A test that a page names: `- `file` > title`. */
export interface TestName {
  readonly file: string;
  readonly title: string;
}

const SKIPPING = ['skip', 'skipIf', 'runIf', 'todo', 'fails'];

/** The names in the callee of a call, the first one first: `it`, `skipIf` of `it.skipIf(…)(…)`. */
function namesIn(callee: Expression): string[] {
  switch (callee.type) {
    case 'Identifier':
      return [callee.name];
    case 'MemberExpression':
      return [...namesIn(callee.object), ...(callee.property.type === 'Identifier' ? [callee.property.name] : [])];
    case 'CallExpression':
      return namesIn(callee.callee);
    default:
      return [];
  }
}

interface Call extends NamedTest {
  readonly isChapter: boolean;
  readonly start: number;
  readonly end: number;
}

function callOf(call: CallExpression, text: string): Call | undefined {
  const [name = '', ...modifiers] = namesIn(call.callee);
  const [title, ...rest] = call.arguments;
  if (!['it', 'test', 'describe'].includes(name) || title?.type !== 'Literal' || typeof title.value !== 'string') {
    return undefined;
  }
  const isChapter = name === 'describe';
  const skipsItself = !isChapter && /\bskip\(/.test(text.slice(title.end, call.end));
  const isSkipped = modifiers.some((each) => SKIPPING.includes(each)) || rest.length === 0 || skipsItself;
  return { title: title.value, isSkipped, isChapter, start: call.start, end: call.end };
}

/** The tests of a source file that have their title in its text. */
export function testsIn(path: string, text: string): NamedTest[] {
  const calls: Call[] = [];
  const visitor = new Visitor({
    CallExpression(call) {
      const found = callOf(call, text);
      if (found !== undefined) {
        calls.push(found);
      }
    },
  });
  visitor.visit(parseSync(path, text).program);
  const skipped = calls.filter(({ isChapter, isSkipped }) => isChapter && isSkipped);
  return calls
    .filter(({ isChapter }) => !isChapter)
    .map(({ title, isSkipped, start, end }) => ({
      title,
      isSkipped: isSkipped || skipped.some((chapter) => chapter.start < start && end < chapter.end),
    }));
}

/** The tests that a page names, in its lists. */
export function namedIn({ text }: Page): TestName[] {
  return [...text.matchAll(/^- `([^`]+\.ts)` > (.+)$/gm)].map(([, file = '', title = '']) => ({ file, title }));
}
