import type { Rounds } from './measure/sample.ts';
import type { BenchOptions } from './options.ts';
import { type BenchCell, type OpenCell, openCell, withCell } from './processes/cell.ts';
import type { Findings } from './report/findings.ts';

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
  readonly environment?: Readonly<Record<string, string>>;
}

/** What each part of the benchmark works with. */
export class Bench {
  readonly options: BenchOptions;
  readonly rounds: Rounds;
  readonly findings: Findings;
  readonly directory: string;
  readonly signal: AbortSignal;
  /** Rejects when the benchmark is to end early. */
  readonly interrupted: Promise<never>;
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
    this.rounds = { runs: options.runs, seconds: options.seconds, endsAtMs: findings.endsAtMs, onRun: say };
  }

  /** Of everything but candidates. */
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
