import { runLine } from '../run-line.ts';

export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Does what a command line says in this process: the same but for the start of a program, which costs most of it. */
export async function fleetbookHere(
  line: readonly string[],
  directory: string,
  environment: Readonly<Record<string, string>> = {},
  input = '',
): Promise<Said> {
  const printed: string[] = [];
  const said: string[] = [];
  const code = await runLine(line, {
    terminal: {
      print: (line) => void printed.push(`${line}\n`),
      say: (line) => void said.push(`${line}\n`),
      readInput: async () => Buffer.from(input),
      isInteractive: false,
      hasColour: false,
      columns: Number.POSITIVE_INFINITY,
    },
    environment,
    directory,
    stop: new AbortController().signal,
    interrupted: new Promise(() => undefined),
  });
  return { code, stdout: printed.join(''), stderr: said.join('') };
}

/** What a command says of when it took effect: who asks for at least that sees it. */
export function tokenIn({ stderr }: Pick<Said, 'stderr'>): string | undefined {
  return / --at-least (\S+)$/m.exec(stderr)?.[1];
}
