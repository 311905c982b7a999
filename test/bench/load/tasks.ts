export const ECHO_SUBJECT = 'fleetbook.bench.echo';

/**
 * What a load process can be asked to send. `echo` sends the same claims to a process that only sends them back, `sdk`
 * sends them with the SDK; `churn` are claims and drops in turn, `moves` the steps of moves; `adversarial` are
 * questions for candidates that are hard to answer, `selective` such as few nodes can serve.
 */
export type Traffic = 'claims' | 'echo' | 'sdk' | 'churn' | 'candidates' | 'adversarial' | 'selective' | 'moves';

/** Of all requests, how many took no longer than each of a report's percentiles. */
export const SHARES = [0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9999, 1] as const;

/** One line of JSON on the standard input of a load process; answered by one line on its standard output. */
export type LoadTask =
  | ConnectTask
  /** Drops what loads have claimed, if it is much. */
  | { readonly type: 'tidy' }
  /** Claims and confirms as many instances, to be moved. */
  | { readonly type: 'set-up-moves'; readonly instances: number }
  | ({ readonly type: 'closed'; readonly traffic: Traffic; readonly batch: number; readonly inFlight: number } & Timed)
  | ({ readonly type: 'open'; readonly traffic: Traffic; readonly perSecond: number } & Timed)
  /** Claims at a rate, each asked for at once: the percentiles are those of the wait for it. */
  | ({ readonly type: 'lag'; readonly perSecond: number } & Timed);

export interface ConnectTask {
  readonly type: 'connect';
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly cell: string;
  readonly nodes: number;
}

/** Begins to report, and goes on until the process ends. */
export interface AgentsTask extends ConnectTask {
  readonly reportIntervalMs: number;
}

export interface AgentsReport {
  /** Reports since the one before. */
  readonly sent: number;
  /** Of the first one that was not answered as it must be. */
  readonly failure?: string;
}

interface Timed {
  readonly seconds: number;
}

export interface LoadReport {
  /** Commands or queries answered; of a batch each one counts. */
  readonly count: number;
  readonly perSecond: number;
  /** One for each of SHARES. */
  readonly percentilesMs: readonly number[];
  /** An open loop was broken off because answers stayed behind its rate. */
  readonly isOverloaded: boolean;
}

export interface FoldTask extends Omit<ConnectTask, 'type' | 'nodes'> {
  readonly type: 'fold';
  /** The fold ends with the batch of commits that brings this event. */
  readonly upTo: number;
}

export interface FoldReport {
  readonly events: number;
  /** Until the inventory can be asked. */
  readonly seconds: number;
  /** Processor time of this process until then. */
  readonly cpuSeconds: number;
  /** Until its digest is known as well. */
  readonly secondsWithDigest: number;
  readonly digest: string;
}

export interface CeilingsTask extends Omit<ConnectTask, 'type' | 'nodes' | 'cell'> {
  readonly type: 'ceilings';
  /** Of each measurement. */
  readonly seconds: number;
  readonly bytesPerEvent: number;
}

export interface CeilingsReport {
  readonly appendedEventsPerSecond: number;
  readonly parsedClaimsPerSecond: number;
}

export type TaskAnswer<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly reason: string };
