interface MetricDefinition {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** Label names; their values come from small closed sets, never from ids. */
  readonly labels: readonly string[];
  /** Upper bounds of a histogram's buckets, in the unit of its name, rising. */
  readonly buckets?: readonly number[];
}

const secondsBuckets = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10] as const;
/** A query is looked at by how far below a few milliseconds it stays. */
const querySecondsBuckets = [
  ...[0.0001, 0.00015, 0.0002, 0.00025, 0.0003, 0.0004, 0.0005, 0.0007, 0.001, 0.0015, 0.002, 0.003, 0.005, 0.007],
  ...[0.01, 0.015, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10],
] as const;
const eventsBuckets = [1, 2, 4, 8, 16, 32, 64, 128, 256] as const;

/** Every metric there is. A name, once released, keeps its meaning. */
export const METRICS = {
  fleetbook_build_info: {
    type: 'gauge',
    help: 'Always 1; its labels tell the service and its version.',
    labels: ['service', 'version'],
  },
  fleetbook_command_outcomes_total: {
    type: 'counter',
    help: 'Answered commands by type, outcome and error code (empty when there is none).',
    labels: ['command', 'outcome', 'code'],
  },
  fleetbook_command_duration_seconds: {
    type: 'histogram',
    help: 'Time from the arrival of a command to its answer.',
    labels: ['command'],
    buckets: secondsBuckets,
  },
  fleetbook_commands_pending: {
    type: 'gauge',
    help: 'Commands that have arrived and are not answered yet.',
    labels: [],
  },
  fleetbook_messages_unread_total: {
    type: 'counter',
    help: 'Messages that were answered without being read, by the code of the answer: OVERLOADED, DEADLINE_EXCEEDED.',
    labels: ['code'],
  },
  fleetbook_commands_quarantined_total: {
    type: 'counter',
    help: 'Commands that made the tracker throw and are answered INTERNAL_ERROR from then on.',
    labels: [],
  },
  fleetbook_storage_free_ratio: {
    type: 'gauge',
    help: 'Free share, from 0 to 1, of the space for the log that is nearest to its end; 1 while none is known.',
    labels: [],
  },
  fleetbook_storage_shedding: {
    type: 'gauge',
    help: 'What waits until there is more space: 0 nothing, 1 new claims, 2 all but releases.',
    labels: [],
  },
  fleetbook_log_bytes: {
    type: 'gauge',
    help: 'What the log takes in its store; 0 while that is not known.',
    labels: [],
  },
  fleetbook_timed_decisions_total: {
    type: 'counter',
    help: 'Decisions of the writer because time has passed, by the type of their event.',
    labels: ['type'],
  },
  fleetbook_inbox_messages_total: {
    type: 'counter',
    help: 'Messages of the inbox dealt with: decided, passed with nothing to record, parked, put-off (no space).',
    labels: ['outcome'],
  },
  fleetbook_append_results_total: {
    type: 'counter',
    help: 'Appends to the log by result: appended, conflict, unknown, went-back.',
    labels: ['status'],
  },
  fleetbook_append_duration_seconds: {
    type: 'histogram',
    help: 'Time of one append to the log, from sending to a certain result.',
    labels: [],
    buckets: secondsBuckets,
  },
  fleetbook_commit_events: {
    type: 'histogram',
    help: 'Events in one commit.',
    labels: [],
    buckets: eventsBuckets,
  },
  fleetbook_writer_in_office: {
    type: 'gauge',
    help: '1 while this tracker decides for its cell, else 0.',
    labels: [],
  },
  fleetbook_writer_epoch: {
    type: 'gauge',
    help: 'The newest epoch this process has folded.',
    labels: [],
  },
  fleetbook_ledger_number: {
    type: 'gauge',
    help: 'Number of the last event this process has folded.',
    labels: [],
  },
  fleetbook_checkpoints_written_total: {
    type: 'counter',
    help: 'Checkpoints that this tracker has decided to write into the log.',
    labels: [],
  },
  fleetbook_snapshots_total: {
    type: 'counter',
    help: 'Attempts of the tracker to save a snapshot of its state, by result: saved, or the code of the failure.',
    labels: ['result'],
  },
  fleetbook_high_water_mark_saves_total: {
    type: 'counter',
    help: 'Saves of the high-water mark by result: saved, or the code of the failure.',
    labels: ['result'],
  },
  fleetbook_archive_number: {
    type: 'gauge',
    help: 'Number of the last event in the archive, where this process keeps one.',
    labels: [],
  },
  fleetbook_archive_writes_total: {
    type: 'counter',
    help: 'Writes to the archive by result: written, or the code of what was wrong.',
    labels: ['result'],
  },
  fleetbook_projection_lag_events: {
    type: 'gauge',
    help: 'Events in the log that the projection has not folded yet.',
    labels: ['projection'],
  },
  fleetbook_projection_lag_seconds: {
    type: 'gauge',
    help: 'Age of the oldest event that the projection has not folded yet; 0 when caught up.',
    labels: ['projection'],
  },
  fleetbook_projection_healthy: {
    type: 'gauge',
    help: '1 while the projection answers from a state it trusts, else 0.',
    labels: ['projection'],
  },
  fleetbook_projection_checkpoints_total: {
    type: 'counter',
    help: 'Saves of state and position by result: saved, or the code of the disk error.',
    labels: ['projection', 'result'],
  },
  fleetbook_query_duration_seconds: {
    type: 'histogram',
    help: 'Time from the arrival of a query to its answer.',
    labels: ['query'],
    buckets: querySecondsBuckets,
  },
  fleetbook_query_outcomes_total: {
    type: 'counter',
    help: 'Answered queries by name, outcome and error code (empty when there is none).',
    labels: ['query', 'outcome', 'code'],
  },
  fleetbook_nats_connected: {
    type: 'gauge',
    help: '1 while connected to a NATS server, else 0.',
    labels: [],
  },
  fleetbook_nats_reconnects_total: {
    type: 'counter',
    help: 'Reconnections to a NATS server.',
    labels: [],
  },
  fleetbook_handler_failures_total: {
    type: 'counter',
    help: 'Messages whose handler threw.',
    labels: [],
  },
  process_start_time_seconds: {
    type: 'gauge',
    help: 'Start of the process, seconds since 1970.',
    labels: [],
  },
  process_cpu_seconds_total: {
    type: 'counter',
    help: 'Processor time used, user and system.',
    labels: [],
  },
  process_resident_memory_bytes: {
    type: 'gauge',
    help: 'Resident memory.',
    labels: [],
  },
  nodejs_heap_used_bytes: {
    type: 'gauge',
    help: 'Used JavaScript heap.',
    labels: [],
  },
  nodejs_eventloop_lag_seconds: {
    type: 'gauge',
    help: 'Delay of the event loop since the last scrape, by quantile.',
    labels: ['quantile'],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

type Table = typeof METRICS;
export type MetricName = keyof Table;
export type MetricType = Table[MetricName]['type'];
export type NameOf<Type extends MetricType> = {
  [Name in MetricName]: Table[Name]['type'] extends Type ? Name : never;
}[MetricName];
export type LabelsOf<Name extends MetricName> = Readonly<Record<Table[Name]['labels'][number], string>>;

export const metricNames = Object.keys(METRICS) as readonly MetricName[];

export function definitionOf(name: MetricName): MetricDefinition {
  return METRICS[name];
}

/** The text of `docs/reference/metrics.md`. */
export function metricsReference(): string {
  const rows = metricNames.map((name) => {
    const { type, labels, help } = definitionOf(name);
    return `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(' ')} | ${help} |`;
  });
  return [
    '# Metrics',
    '',
    'Every service answers `GET /metrics` on its HTTP port on 127.0.0.1 in the Prometheus text format. A service shows',
    'the metrics of its own work only. Label values come from small closed sets, never from ids.',
    '',
    '| metric | type | labels | meaning |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
