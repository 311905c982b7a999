import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where a process is to write down its pauses. */
export const PAUSES_FILE_VARIABLE = 'BENCH_PAUSES_FILE';
/** For `node` in front of its entry. */
export const RECORD_PAUSES: readonly string[] = [
  '--import',
  fileURLToPath(new URL('./record-pauses.ts', import.meta.url)),
];

/** How long collections of garbage held up the main thread of a process, milliseconds, in order. */
export class PauseFile {
  readonly path: string;
  #read = 0;

  constructor(path: string) {
    this.path = path;
  }

  /** Those since it was asked last. */
  next(): readonly number[] {
    const text = textOf(this.path);
    const fresh = text.slice(this.#read);
    this.#read = text.length;
    return fresh
      .split('\n')
      .filter((line) => line !== '')
      .map(Number);
  }
}

/** There is no file before the first pause. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
