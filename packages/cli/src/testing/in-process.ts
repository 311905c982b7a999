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
): Promise<Said> {
  const printed: string[] = [];
  const said: string[] = [];
  const code = await runLine(line, {
    terminal: {
      print: (text) => void printed.push(text),
      say: (text) => void said.push(text),
      readInput: async () => new Uint8Array(),
      isInteractive: false,
      hasColour: false,
      columns: Number.POSITIVE_INFINITY,
    },
    environment,
    directory,
    stop: new AbortController().signal,
    interrupted: new Promise(() => undefined),
  });
  return { code, stdout: printed.join('\n'), stderr: said.join('\n') };
}
