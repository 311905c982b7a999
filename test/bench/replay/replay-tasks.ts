import type { GeneratedLog } from './generate-log.ts';

/** Where the log is. */
export interface LogPlace {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly monitoringUrl: string;
  readonly cell: string;
}

/** Each done by a process of its own: what one leaves in memory must not slow the next. */
export type ReplayTask = LogPlace &
  (
    | ({ readonly type: 'generate' } & GeneratedLog)
    /** `directory` is that of the index. */
    | { readonly type: 'index'; readonly directory: string }
    | ({ readonly type: 'ask'; readonly directory: string; readonly instants: number } & GeneratedLog)
  );

/** Milliseconds of work, by the clock and of the processors: the latter do not change on a busy machine. */
export interface Taken {
  readonly ms: number;
  readonly cpuMs: number;
}

export interface Spread {
  readonly median: Taken;
  readonly worst: Taken;
}

/** The most memory that the process had, MiB. */
export interface MostMemory {
  readonly memoryMb: number;
}

export type DoneReport = Taken & MostMemory;

export interface AskReport extends MostMemory {
  /** The first question of all, of an index opened anew. */
  readonly cold: Taken;
  readonly state: Spread;
  readonly stateOfNode: Spread;
  readonly diff: Spread;
  readonly timelineOfNode: Spread;
  readonly bisectNode: Spread;
  readonly bisectCell: Spread;
  readonly bisectBurst: Spread;
}
