import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../docs/pages.ts';

/** What has to turn red. */
export type Catcher =
  | { readonly kind: 'simulator'; readonly firstSeed: number; readonly lastSeed: number }
  /** `title` as the source has it, with the placeholders of a table. */
  | { readonly kind: 'test'; readonly file: string; readonly title: string };

/** A way to get the product wrong. */
export interface Variant {
  readonly id: string;
  /** Path from the root of the repository, and of every copy of it. */
  readonly patch: string;
  readonly breaks: string;
  /** Numbers of the invariants on the page of the museum. */
  readonly invariants: readonly number[];
  readonly catcher: Catcher;
  readonly budgetSeconds: number;
}

const DIRECTORY = 'test/museum/variants';
const SUFFIX = '.patch';

/** All variants, by id. Throws an Error on a header that cannot be read. */
export function readVariants(): Variant[] {
  return readdirSync(join(root, DIRECTORY))
    .filter((name) => name.endsWith(SUFFIX))
    .sort()
    .map((name) => parseVariant(name.slice(0, -SUFFIX.length), readFileSync(join(root, DIRECTORY, name), 'utf8')));
}

/** The lines before the first file of a patch say what it is; git passes over them. */
export function parseVariant(id: string, text: string): Variant {
  const [header = ''] = text.split(/^diff --git /m);
  const field = (name: string): string => {
    const [, value] = new RegExp(`^${name}: (.+)$`, 'm').exec(header) ?? [];
    if (value === undefined) {
      throw new Error(`${id}${SUFFIX} states no ${JSON.stringify(name)}`);
    }
    return value;
  };
  return {
    id,
    patch: `${DIRECTORY}/${id}${SUFFIX}`,
    breaks: field('Breaks'),
    invariants: field('Invariants').split(', ').map(Number),
    catcher: parseCatcher(id, field('Caught by')),
    budgetSeconds: Number(field('Budget').replace(/ s$/, '')),
  };
}

function parseCatcher(id: string, text: string): Catcher {
  const [, firstSeed, lastSeed] = /^simulator, seeds (\d+) to (\d+)$/.exec(text) ?? [];
  if (firstSeed !== undefined && lastSeed !== undefined) {
    return { kind: 'simulator', firstSeed: Number(firstSeed), lastSeed: Number(lastSeed) };
  }
  const [, file, title] = /^(\S+\.ts) > (.+)$/.exec(text) ?? [];
  if (file === undefined || title === undefined) {
    throw new Error(`${id}${SUFFIX} is caught by something that is neither the simulator nor a test: ${text}`);
  }
  return { kind: 'test', file, title };
}

/** As the header has it. */
export function catcherText(catcher: Catcher): string {
  return catcher.kind === 'simulator'
    ? `simulator, seeds ${catcher.firstSeed} to ${catcher.lastSeed}`
    : `${catcher.file} > ${catcher.title}`;
}
