import {
  apply,
  type Change,
  type DecidedEvent,
  type Ledger,
  type LedgerEvent,
  MOST_DUE_OF_A_KIND,
} from '@fleetbook/domain';
import type { Clock, Logger, Metrics } from '@fleetbook/operations';
import type { CommitPipeline } from '../commit/commit-pipeline.ts';
import { draftTimedDecision } from '../gate/draft-timed-decision.ts';
import { nodesConcerned } from '../gate/nodes-concerned.ts';
import type { Quarantine } from '../gate/quarantine.ts';
import type { ClockWatch } from './clock-watch.ts';
import type { ReportWatch } from './report-watch.ts';
import { ledgerTime, type WriterState } from './writer-state.ts';

/** What time itself brings about on a ledger; each event is a decision of its own. Times are epoch milliseconds. */
export type DecideDue = (ledger: Ledger, facts: DueFacts) => readonly DecidedEvent[];

export interface DueFacts {
  /** The ledger's time. */
  readonly at: number;
  /** The time of the newest WriterElected. */
  readonly electedAt: number;
  /** The nodes that have not reported since a time, nor since this writer began to listen. */
  readonly unheardSince: (time: number) => Iterable<string>;
}

/** Looking for silent nodes goes through those known to be: in a large fleet too much for each of many turns. */
const LOOK_AGAIN_MS = 500;

export interface TimedDecisionsOptions {
  readonly state: WriterState;
  readonly writer: string;
  readonly pipeline: Pick<CommitPipeline, 'add' | 'isFull'>;
  readonly clock: Clock;
  readonly clockWatch: ClockWatch;
  readonly reports: Pick<ReportWatch, 'unheardBefore'>;
  readonly quarantine: Quarantine;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly decideDue: DecideDue;
  readonly onChanges: (changes: readonly Change[]) => void;
}

/** The decisions that nobody asked for: claims that expire, moves that confirm themselves, nodes that fell silent. */
export class TimedDecisions {
  readonly #options: TimedDecisionsOptions;
  readonly #electedAt: number;
  #suspendedFor: string | undefined;
  /** When silent nodes were looked for, monotonic milliseconds, unless there may be more of them already. */
  #lookedMs = -Infinity;

  /** To be made when the last event of the state is this writer's election. */
  constructor(options: TimedDecisionsOptions) {
    this.#options = options;
    this.#electedAt = options.state.lastAt;
  }

  /** Why nothing is decided by time at present; undefined when something may be. */
  suspension(): string | undefined {
    const { clockWatch, state, logger } = this.#options;
    const reason = clockWatch.check(state.lastAt);
    if (reason !== undefined && this.#suspendedFor === undefined) {
      logger.warn('decisions by time suspended', { reason });
    }
    if (reason === undefined && this.#suspendedFor !== undefined) {
      logger.info('decisions by time resumed');
    }
    this.#suspendedFor = reason;
    return reason;
  }

  /** Judges on the state of now what is due, and hands it to the pipeline. True when more may be due already. */
  decide(): boolean {
    if (this.suspension() !== undefined) {
      return false;
    }
    const { state, clock, reports, decideDue } = this.#options;
    const at = ledgerTime(state, clock);
    const nowMs = clock.monotonicMs();
    const looks = nowMs - this.#lookedMs >= LOOK_AGAIN_MS;
    const unheardSince = looks ? reports.unheardBefore(at) : () => [];
    const due = decideDue(state.ledger, { at, electedAt: this.#electedAt, unheardSince });
    if (looks) {
      const silent = due.filter(({ type }) => type === 'InventoryStale');
      this.#lookedMs = silent.length >= MOST_DUE_OF_A_KIND ? -Infinity : nowMs;
    }
    return this.#recordAll(due, at);
  }

  #recordAll(due: readonly DecidedEvent[], at: number): boolean {
    const wanted = due.filter((event) => !this.#isQuarantined(event));
    for (const event of wanted) {
      if (this.#options.pipeline.isFull) {
        return true;
      }
      this.#record(event, at);
    }
    return wanted.length > 0 && due.length >= MOST_DUE_OF_A_KIND;
  }

  #isQuarantined(event: DecidedEvent): boolean {
    const { quarantine } = this.#options;
    return quarantine.size > 0 && quarantine.has(quarantineKey(event));
  }

  #record(decided: DecidedEvent, at: number): void {
    const { state, writer, pipeline, metrics, onChanges } = this.#options;
    const draft = draftTimedDecision(writer, decided, state.lastNumber + 1, at);
    const changes = this.#tryApply(draft.events[0]);
    if (changes === undefined) {
      return;
    }
    state.lastNumber += 1;
    state.lastAt = at;
    onChanges(changes);
    const nodes = nodesConcerned(state.ledger, undefined, changes);
    pipeline.add({ ...draft, nodes, holdings: undefined, reply: undefined });
    metrics.counter('fleetbook_timed_decisions_total', { type: decided.type }).add();
  }

  /** A throw costs this decision alone: the ledger is as it was, and it is not tried again. */
  #tryApply(event: LedgerEvent): readonly Change[] | undefined {
    const { state, quarantine, logger } = this.#options;
    try {
      return apply(state.ledger, event);
    } catch (cause) {
      quarantine.add(quarantineKey(event));
      logger.error('decision by time quarantined', { eventType: event.type, errCode: 'INTERNAL_ERROR', err: cause });
      return undefined;
    }
  }
}

function quarantineKey({ type, data }: DecidedEvent): string {
  return `system ${type} ${JSON.stringify(data)}`;
}
