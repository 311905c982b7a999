import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stepsOf } from './console.ts';
import { anchorsOf, blocksOf, linksOf, type Page, proseOf, readPage, readPages, root } from './pages.ts';

const pages = readPages();
const isExternal = (target: string): boolean => /^[a-z]+:/.test(target);

function brokenLinks(page: Page): string[] {
  return linksOf(page)
    .filter((target) => !isExternal(target))
    .filter((target) => {
      const [file = '', anchor] = target.split('#');
      const path = file === '' ? page.path : posix.join(posix.dirname(page.path), file);
      return !existsSync(join(root, path)) || (anchor !== undefined && !anchorsOf(readPage(path)).includes(anchor));
    });
}

/** The pages that a table of contents links to, as paths from the root. */
function listedIn(path: string): string[] {
  return linksOf(readPage(path)).map((target) => posix.join(posix.dirname(path), target));
}

function under(folder: string): string[] {
  return pages.map(({ path }) => path).filter((path) => path.startsWith(folder) && path !== `${folder}README.md`);
}

describe('the pages', () => {
  it.each(pages.map((page) => [page.path, page] as const))('%s links to what is there', (_path, page) => {
    expect(brokenLinks(page)).toEqual([]);
  });

  it('are all in the table of docs/README.md, decisions and incidents in ones of their own', () => {
    const folders = ['docs/decisions/', 'docs/incidents/'];
    const listed = listedIn('docs/README.md');
    const wanted = under('docs/').filter((path) => !folders.some((folder) => path.startsWith(folder)));
    expect(wanted.filter((path) => !listed.includes(path))).toEqual([]);
    for (const folder of folders) {
      const own = listedIn(`${folder}README.md`);
      expect(under(folder).filter((path) => !own.includes(path))).toEqual([]);
    }
  });

  it('name only npm scripts that are there', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const named = pages.flatMap(({ text }) => [...text.matchAll(/npm run (?:--silent )?([a-z:]+)/g)]);
    expect(named.length).toBeGreaterThan(3);
    expect(named.flatMap(([, name = '']) => name).filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });
});

/** By verb and alias, what docs/reference/command-line.md says of it; that page is held equal to the program. */
function verbs(): Map<string, string> {
  const [, ...sections] = readPage('docs/reference/command-line.md').text.split(/^## /m);
  return new Map(
    sections.flatMap((section) => {
      const name = section.slice(0, section.indexOf('\n'));
      const aliases = [...section.matchAll(/^also: +fleetbook (.+)$/gm)].map(([, alias = '']) => alias);
      return [name, ...aliases].map((words): [string, string] => [words, section]);
    }),
  );
}

/** Every `fleetbook …` that a page tells to type, in its blocks or in a line of text. */
function typedIn(page: Page): string[] {
  const inBlocks = blocksOf(page).flatMap((block) => {
    if (block.language === 'console') {
      return stepsOf(block).map(({ command }) => command);
    }
    return block.language === 'sh' ? block.text.split('\n') : [];
  });
  const inText = [...proseOf(page).matchAll(/`(fleetbook [^`\n]+)`/g)].map(([, command = '']) => command);
  return [...inBlocks, ...inText].filter((command) => command.startsWith('fleetbook '));
}

function faultOf(command: string, known: ReadonlyMap<string, string>): string | undefined {
  const [first = '', second = ''] = command.split(/\s+/).slice(1);
  const section = known.get(`${first} ${second}`) ?? known.get(first);
  if (section === undefined) {
    return first.startsWith('-') || first.startsWith('<') ? undefined : `no such verb: ${command}`;
  }
  const flags = [...command.matchAll(/ (--[a-z-]+)/g)].map(([, flag = '']) => flag);
  const unknown = flags.find((flag) => flag !== '--help' && !new RegExp(`^ +${flag}\\b`, 'm').test(section));
  return unknown === undefined ? undefined : `no such flag, ${unknown}: ${command}`;
}

describe('the commands that the pages tell to type', () => {
  it('have verbs and flags that are there', () => {
    const known = verbs();
    const typed = pages.flatMap(typedIn);
    expect(typed.length).toBeGreaterThan(30);
    expect(typed.flatMap((command) => faultOf(command, known) ?? [])).toEqual([]);
  });
});
