import type { Rounds } from './measure/sample.ts';
import type { BenchOptions, Part } from './options.ts';
import { type BenchCell, type OpenCell, openCell, withCell } from './processes/cell.ts';
import type { Findings } from './report/findings.ts';
import { endOfFirst } from './schedule.ts';

interface BenchSettings {
  readonly options: BenchOptions;
  readonly findings: Findings;
  /** Directory for everything that is written, on the disk that is measured. */
  readonly directory: string;
  /** Aborted when the benchmark is to end early. */
  readonly signal: AbortSignal;
  /** Hears what is being done. */
  readonly say: (text: string) => void;
}

interface CellWishes {
  readonly name?: string;
  readonly nodes?: number;
  readonly historyEvents?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

/** What each part of the benchmark works with. */
export class Bench {
  readonly options: BenchOptions;
  readonly findings: Findings;
  readonly directory: string;
  readonly signal: AbortSignal;
  /** Rejects when the benchmark is to end early. */
  readonly interrupted: Promise<never>;
  readonly #say: (text: string) => void;
  #partEndsAtMs: number;
  #shared: OpenCell | undefined;

  constructor({ options, findings, directory, signal, say }: BenchSettings) {
    this.options = options;
    this.findings = findings;
    this.directory = directory;
    this.signal = signal;
    this.interrupted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    // Between two cells nobody waits for it.
    this.interrupted.catch(() => undefined);
    this.#say = say;
    this.#partEndsAtMs = findings.endsAtMs;
  }

  /** From now on the first of these parts is measured, in its share of the time; the others come after it. */
  begin(parts: readonly Part[]): void {
    this.#partEndsAtMs = endOfFirst(parts, performance.now(), this.findings.endsAtMs);
  }

  /** Of the part that is measured. */
  get rounds(): Rounds {
    return this.roundsIn(1);
  }

  /** Of a step that is to take such a share of what time its part has left. */
  roundsIn(share: number): Rounds {
    const { runs, seconds } = this.options;
    const nowMs = performance.now();
    const endsAtMs = nowMs + Math.max(0, this.#partEndsAtMs - nowMs) * share;
    return { runs, seconds, endsAtMs, onRun: this.#say };
  }

  /** Of everything but the further fleets. */
  get nodes(): number {
    return this.options.nodes[0] ?? 0;
  }

  /**
   * Runs `work` on the cell that parts have in common: a fleet of the usual size, with what parts before have left.
   * After a failure the next part gets a new one.
   */
  async onSharedCell(work: (cell: BenchCell) => Promise<void>): Promise<void> {
    const failures = this.findings.failures.length;
    this.#shared ??= await openCell(this.#settings({}));
    try {
      await Promise.race([this.interrupted, work(this.#shared.cell)]);
    } catch (error) {
      await this.closeCell();
      throw error;
    }
    if (this.findings.failures.length > failures) {
      await this.closeCell();
    }
  }

  /** Runs `work` on a cell of its own. */
  async onCell(wishes: CellWishes, work: (cell: BenchCell) => Promise<void>): Promise<void> {
    await this.closeCell();
    await withCell(this.#settings(wishes), work);
  }

  /** Ends the cell that parts have in common, if there is one: nothing else is to run beside what comes now. */
  async closeCell(): Promise<void> {
    const shared = this.#shared;
    this.#shared = undefined;
    await shared?.close();
  }

  #settings(wishes: CellWishes) {
    const { directory: parent, interrupted, nodes } = this;
    return { parent, interrupted, nodes, profile: this.options.profile, ...wishes };
  }
}
