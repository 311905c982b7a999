import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { fleetbookHere } from '@fleetbook/cli/testing';
import { connectFleetbook, type Fleetbook } from '@fleetbook/client';
import { DATA_DIRECTORY } from '@fleetbook/operations';
import { afterAll, describe, expect, it } from 'vitest';
import { TEST_CLIENT } from '../support/fleet.ts';
import { PROGRAMS } from '../support/programs.ts';
import { until } from '../support/until.ts';
import { missingIn, type Step, stepsOf } from './console.ts';
import { type Block, between, blocksOf, type Page, readPage, root } from './pages.ts';

const run = promisify(execFile);
const bin = join(root, 'node_modules/.bin');
const PATH = [dirname(PROGRAMS.fleetbook), bin, dirname(process.execPath), process.env['PATH']].join(delimiter);

/** Plays the person who reads a page and types what it says, in a directory with a clone's modules. */
class Reader {
  readonly #directory: string;
  readonly #usesShell: boolean;
  #up: ChildProcess | undefined;
  #cell: Fleetbook | undefined;

  /** With a shell each command is a process; without, those that need none are done here, which prints the same. */
  constructor(directory: string, usesShell: boolean) {
    this.#directory = directory;
    this.#usesShell = usesShell;
  }

  async follow(block: Block): Promise<void> {
    if (block.language === 'sh') {
      await this.#type(block.text);
    } else if (block.language === 'ts') {
      await writeFile(join(this.#directory, 'agent.ts'), block.text);
    } else if (block.language === 'console') {
      for (const step of stepsOf(block)) {
        await this.step(step);
      }
    }
  }

  async step({ place, command, output }: Step): Promise<void> {
    const [, settings] = /^((?:[A-Z_]+=\S+ )*)fleetbook up$/.exec(command) ?? [];
    await this.#settle();
    const printed = settings === undefined ? await this.#type(command) : await this.#startCell(settings);
    const missing = missingIn(printed, output);
    expect(missing, `${place}: not printed by ${command}\n${missing?.join('\n')}\nbut\n${printed}`).toBeUndefined();
  }

  /** Ctrl-C in the first terminal. */
  async stopCell(): Promise<void> {
    const cell = this.#up;
    this.#up = undefined;
    await this.#cell?.close();
    this.#cell = undefined;
    if (cell !== undefined && cell.exitCode === null) {
      const ended = new Promise((resolve) => cell.once('close', resolve));
      cell.kill('SIGINT');
      await ended;
    }
  }

  /** Both outputs, as a terminal shows them. A refusal has an exit code of its own, and is shown too. */
  async #type(command: string): Promise<string> {
    const words = this.#usesShell ? undefined : wordsOf(command);
    if (words !== undefined) {
      return (await fleetbookHere(words, this.#directory, this.#environment())).shown;
    }
    const options = { cwd: this.#directory, env: this.#environment() };
    const printed = await run('bash', ['-c', `exec 2>&1\n${command}`], options).catch(
      (error: { readonly stdout: string }) => error,
    );
    return printed.stdout;
  }

  #environment(): Record<string, string> {
    return { PATH, HOME: this.#directory, NODE_COMPILE_CACHE: PROGRAMS.compileCache };
  }

  async #startCell(settings: string): Promise<string> {
    const given = Object.fromEntries(settings.split(' ').map((setting) => setting.split('=')));
    const options = { cwd: this.#directory, env: { ...this.#environment(), ...given } };
    const cell = spawn(PROGRAMS.fleetbook, ['up', '--port', '0'], options);
    this.#up = cell;
    let printed = '';
    let hasEnded = false;
    cell.once('close', () => {
      hasEnded = true;
    });
    for (const stream of [cell.stdout, cell.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
      });
    }
    await until('the cell', () => (/ is up: .*\n/.test(printed) || hasEnded ? true : undefined));
    if (!hasEnded) {
      const endpoint = await readFile(join(this.#directory, DATA_DIRECTORY, 'endpoint.json'), 'utf8');
      const { natsUrl, user, password } = JSON.parse(endpoint);
      this.#cell = await connectFleetbook({ servers: [natsUrl], user, password, client: TEST_CLIENT });
    }
    return printed;
  }

  /** Who types is slower than any projector: what was commanded before is to be seen. */
  async #settle(): Promise<void> {
    const reader = this.#cell?.as('operator', 'reader');
    if (reader !== undefined) {
      await until('a projector that has all that was decided', async () => {
        const writer = await reader.ask('writer', {});
        const nodes = writer.outcome === 'answer' ? await reader.ask('nodes', { limit: 1 }) : writer;
        return nodes.outcome === 'answer' ? true : undefined;
      });
    }
  }
}

const PLAIN = /^fleetbook(?: +(?:'[^']*'|[^\s'"|<>;&$`\\*?~#()]+))*$/;

/** What follows `fleetbook` on a line that a shell only splits; undefined of any other. */
function wordsOf(command: string): readonly string[] | undefined {
  return PLAIN.test(command)
    ? [...command.matchAll(/'([^']*)'|(\S+)/g)].slice(1).map(([, quoted, word]) => quoted ?? word ?? '')
    : undefined;
}

/** Of tests that have not ended, or ran out of their time: those stop no cell by themselves. */
const readers = new Set<Reader>();

afterAll(async () => {
  await Promise.all([...readers].map((reader) => reader.stopCell()));
});

async function withReader(
  work: (reader: Reader, directory: string) => Promise<void>,
  usesShell = false,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'fleetbook-docs-'));
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'));
  await writeFile(join(directory, 'package.json'), '{"private":true,"type":"module"}\n');
  const reader = new Reader(directory, usesShell);
  readers.add(reader);
  try {
    await work(reader, directory);
  } finally {
    await reader.stopCell();
    readers.delete(reader);
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function followAll(reader: Reader, page: Page): Promise<void> {
  for (const block of blocksOf(page)) {
    await reader.follow(block);
  }
}

describe('what a page tells to do', () => {
  it.concurrent('works as printed: the five minutes and the agent of the README', async () => {
    await withReader(async (reader) => {
      await followAll(reader, between(readPage('README.md'), '## Five minutes', '## On other machines'));
      const agent = { place: 'README.md', command: 'node agent.ts', output: ['job-4 may start'] };
      await reader.step(agent);
      await reader.step(agent);
    });
  });

  it.concurrent('works as printed: the tutorial', async () => {
    const page = readPage('docs/tutorial.md');
    const stop = '## What the log knows';
    await withReader(async (reader) => {
      await followAll(reader, { ...page, text: page.text.slice(0, page.text.indexOf(stop)) });
      const [events, ...proof] = blocksOf(between(page, stop, '## Next'));
      if (events === undefined) {
        throw new Error('the tutorial shows no events');
      }
      await reader.follow(events);
      await reader.stopCell();
      for (const block of proof) {
        await reader.follow(block);
      }
    });
  });
});

/** Each part goes on with the cell stopped, as its first words say. */
async function followParts(path: string, headings: readonly string[], usesShell = false): Promise<void> {
  await withReader(async (reader) => {
    for (const [index, heading] of headings.entries()) {
      await reader.stopCell();
      await followAll(reader, between(readPage(path), heading, headings[index + 1]));
    }
  }, usesShell);
}

describe('what a page for operators tells to do', () => {
  it.concurrent('works as printed, typed into a shell: how to back up', async () => {
    await followParts('docs/how-to/back-up.md', ['## Make one', '## Prove one', '## Restore one'], true);
  });

  it.concurrent('works as printed: how to recover', async () => {
    await followParts('docs/how-to/recover.md', [
      ...['## The cell of the examples', '## What you see', '## Bring the events back'],
      ...['## Go on after that', '## Give the events up', '## Go on without them'],
    ]);
  });
});
