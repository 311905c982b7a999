import { visible } from './visible.ts';

/** Where a verb writes and reads. Data go to `print`, everything else a person may read to `say`. */
export interface Terminal {
  /** One line on stdout. */
  print(line: string): void;
  /** One line on stderr. */
  say(line: string): void;
  /** Everything on stdin. */
  readInput(): Promise<Uint8Array>;
  /** Whether a person looks at stderr: progress may be redrawn there. */
  readonly isInteractive: boolean;
  /** Whether stdout may carry colours. */
  readonly hasColour: boolean;
  /** Columns of stdout; Infinity when it is no terminal. */
  readonly columns: number;
}

/** The terminal of this process. NO_COLOR and a stdout that is no terminal switch colours off. */
export function processTerminal(environment: Readonly<Record<string, string | undefined>>): Terminal {
  const { stdout, stderr, stdin } = process;
  return {
    print: (line) => stdout.write(`${visible(line)}\n`),
    say: (line) => stderr.write(`${visible(line)}\n`),
    readInput: async () => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of stdin) {
        chunks.push(chunk);
      }
      return Buffer.concat(chunks);
    },
    isInteractive: stderr.isTTY === true,
    hasColour: stdout.isTTY === true && (environment['NO_COLOR'] ?? '') === '' && environment['TERM'] !== 'dumb',
    // A terminal that does not know its width says 0.
    columns: stdout.isTTY === true && stdout.columns > 0 ? stdout.columns : Number.POSITIVE_INFINITY,
  };
}
