import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A page by its path from the root of the repository, with forward slashes. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

export interface Block {
  readonly page: string;
  /** Of its first fence, from 1. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
}

/** The pages that people read: those at the top, under `docs/`, and beside the trace. */
export function readPages(): Page[] {
  return globSync(['*.md', 'docs/**/*.md', 'test/data/**/*.md'], { cwd: root }).map((path) =>
    readPage(path.replaceAll('\\', '/')),
  );
}

export function readPage(path: string): Page {
  return { path, text: readFileSync(join(root, path), 'utf8') };
}

/** The fenced blocks of a page, in order. Throws when the last one is not closed. */
export function blocksOf({ path, text }: Page): Block[] {
  const blocks: Block[] = [];
  let open: { readonly line: number; readonly language: string; readonly lines: string[] } | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    if (!line.startsWith('```')) {
      open?.lines.push(line);
    } else if (open === undefined) {
      open = { line: index + 1, language: line.slice(3).split(' ')[0] ?? '', lines: [] };
    } else {
      blocks.push({ page: path, line: open.line, language: open.language, text: `${open.lines.join('\n')}\n` });
      open = undefined;
    }
  }
  if (open !== undefined) {
    throw new Error(`${path}:${open.line}: the block is never closed`);
  }
  return blocks;
}

/** The page from one heading up to another, or to its end. Line numbers stay those of the page. */
export function between({ path, text }: Page, from: string, to?: string): Page {
  const start = text.indexOf(`\n${from}\n`);
  const end = to === undefined ? text.length : text.indexOf(`\n${to}\n`);
  if (start < 0 || end < start) {
    throw new Error(`${path} has no part from "${from}" to "${to ?? 'its end'}"`);
  }
  return { path, text: text.slice(0, start).replaceAll(/[^\n]+/g, '') + text.slice(start, end) };
}

const FENCED = /^```.*?^```/gms;

/** What a page says outside its blocks. */
export function proseOf({ text }: Page): string {
  return text.replaceAll(FENCED, '');
}

/** The targets of its links. */
export function linksOf(page: Page): string[] {
  return [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target]) => target ?? []);
}

/** What its headings are called in links to them. */
export function anchorsOf(page: Page): string[] {
  return [...proseOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{Letter}\p{Number}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
