import { join } from 'node:path';
import { accountsOf } from './accounts.ts';
import { PauseFile } from './pauses.ts';

/** What a piece of work cost a process. Processor time and memory are 0 where the system does not tell (Linux does). */
export interface ProcessUse {
  readonly cpuSeconds: number;
  /** Memory when the work was done. */
  readonly residentMb: number;
  /** How long collections of garbage held up its main thread, milliseconds; none of what is no Node process. */
  readonly pausesMs: readonly number[];
}

/** By the name of the process. */
export type Uses = Readonly<Record<string, ProcessUse>>;

/** Looks at processes from outside while something is done. */
export class Observed {
  readonly #directory: string;
  readonly #pids = new Map<string, number>();
  readonly #pauses = new Map<string, PauseFile>();

  /** A file in `directory` is kept for each process. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Where a process that is about to be started writes down its pauses. */
  pausesOf(name: string): string {
    const file = this.#pauses.get(name) ?? new PauseFile(join(this.#directory, `${name}.pauses`));
    this.#pauses.set(name, file);
    return file.path;
  }

  add(name: string, pid: number): void {
    this.#pids.set(name, pid);
  }

  /** Memory of each process now, MB. */
  memory(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#pids].map(([name, pid]) => [name, accountsOf(pid).residentMb]));
  }

  async during<Value>(work: () => Promise<Value>): Promise<{ readonly value: Value; readonly uses: Uses }> {
    const before = [...this.#pids].map(([name, pid]) => ({ name, pid, ...accountsOf(pid) }));
    for (const file of this.#pauses.values()) {
      file.next();
    }
    const value = await work();
    const uses = before.map(({ name, pid, cpuSeconds }): [string, ProcessUse] => {
      const after = accountsOf(pid);
      const { residentMb } = after;
      return [
        name,
        { cpuSeconds: after.cpuSeconds - cpuSeconds, residentMb, pausesMs: this.#pauses.get(name)?.next() ?? [] },
      ];
    });
    return { value, uses: Object.fromEntries(uses) };
  }
}
