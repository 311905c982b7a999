import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { BUNDLED, serverSettings } from './prepared.ts';

export { sourceEnvironment } from './prepared.ts';

type RunLine = typeof import('../run-line.ts').runLine;
type Surroundings = Parameters<RunLine>[1];

/** What the set-up of the tests has bundled, if anything: it is read sooner, and starts the bundled services. */
async function loadRunLine(): Promise<RunLine> {
  if (BUNDLED === undefined) {
    return (await import('../run-line.ts')).runLine;
  }
  const bundled: { readonly runLine: RunLine } = createRequire(import.meta.url)(join(BUNDLED, 'lib/run-line.js'));
  return bundled.runLine;
}

export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in their order: what a terminal shows. */
  readonly shown: string;
}

/** Does what a command line says in this process: the same but for the start of a program, which costs most of it. */
export async function fleetbookHere(
  line: readonly string[],
  directory: string,
  environment: Readonly<Record<string, string>> = {},
  input = '',
): Promise<Said> {
  const output = new Output();
  const runLine = await loadRunLine();
  const code = await runLine(line, {
    ...surroundingsOf({ directory, environment, input }, output),
    stop: new AbortController().signal,
  });
  return { code, stdout: output.stdout, stderr: output.stderr, shown: output.shown };
}

class Output {
  readonly #lines: { readonly to: 'stdout' | 'stderr'; readonly text: string }[] = [];

  add(to: 'stdout' | 'stderr', line: string): void {
    this.#lines.push({ to, text: `${line}\n` });
  }

  get stdout(): string {
    return this.#textOf('stdout');
  }

  get stderr(): string {
    return this.#textOf('stderr');
  }

  get shown(): string {
    return this.#lines.map(({ text }) => text).join('');
  }

  #textOf(name: 'stdout' | 'stderr'): string {
    return this.#lines.flatMap(({ to, text }) => (to === name ? [text] : [])).join('');
  }
}

interface Given {
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly input: string;
}

function surroundingsOf({ directory, environment, input }: Given, output: Output): Omit<Surroundings, 'stop'> {
  return {
    terminal: {
      print: (line) => output.add('stdout', line),
      say: (line) => output.add('stderr', line),
      readInput: async () => Buffer.from(input),
      isInteractive: false,
      hasColour: false,
      columns: Number.POSITIVE_INFINITY,
    },
    environment: { ...serverSettings(), ...environment },
    directory,
    interrupted: new Promise(() => undefined),
  };
}

/** `fleetbook up` on a free port, in this process; the services are processes of their own. */
export interface CellHere {
  readonly output: () => string;
  /** Ctrl-C; gives the exit code. */
  stop(): Promise<number>;
}

const cells = new Set<CellHere>();
const POLL_MS = 10;

/** Starts a cell and resolves once it says that it is up. */
export async function startCellHere(
  directory: string,
  environment: Readonly<Record<string, string>> = {},
  more: readonly string[] = [],
): Promise<CellHere> {
  const output = new Output();
  const stop = new AbortController();
  const runLine = await loadRunLine();
  const cache = BUNDLED === undefined ? {} : { NODE_COMPILE_CACHE: join(BUNDLED, 'compile-cache') };
  const given = { directory, environment: { ...cache, ...environment }, input: '' };
  const line = ['up', '--port', '0', ...more];
  let code: number | undefined;
  const ended = runLine(line, { ...surroundingsOf(given, output), stop: stop.signal }).then((exitCode) => {
    code = exitCode;
    cells.delete(cell);
    return exitCode;
  });
  const cell: CellHere = {
    output: () => output.shown,
    stop() {
      stop.abort();
      return ended;
    },
  };
  cells.add(cell);
  while (!cell.output().includes(' is up: ')) {
    if (code !== undefined) {
      throw new Error(`fleetbook up ended with ${code}: ${cell.output()}`);
    }
    await delay(POLL_MS);
  }
  return cell;
}

/** Ends every cell that still runs here, whatever has become of the test that started it. */
export async function endCellsHere(): Promise<void> {
  await Promise.all([...cells].map((cell) => cell.stop()));
}

/** What a command says of when it took effect: who asks for at least that sees it. */
export function tokenIn({ stderr }: Pick<Said, 'stderr'>): string | undefined {
  return / --at-least (\S+)$/m.exec(stderr)?.[1];
}
