import { fleetbookError } from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import type { EventLog, Restoration } from '@fleetbook/event-log';
import type { Bus } from '@fleetbook/messaging';
import type { BundleManifest } from '@fleetbook/replay';
import type { Failure } from '../call.ts';
import { connectBusTo } from './connection.ts';
import { inboxPrefixOf } from './inbox.ts';
import { logFailureOf } from './log-failure.ts';
import type { Target } from './target.ts';

/** A cell's log, opened for reading. */
export interface OpenLog {
  readonly cell: string;
  readonly log: EventLog;
  /** Where the services are; undefined for a directory on which nothing runs. */
  readonly target: Target | undefined;
  /** The directory on which nothing runs. */
  readonly directory?: string;
  /** Of an incident file: what it states, and where it has an index. */
  readonly incident?: Pick<BundleManifest, 'from' | 'to' | 'toAt' | 'digest' | 'isRedacted'> & {
    readonly directory: string;
  };
  close(): Promise<void>;
}

/** How a log is opened for writing. */
export interface Making {
  /** Made where there is none. */
  readonly create: boolean;
  /** What is restored into it. */
  readonly restoration?: CellRestoration | undefined;
}

/** With the cell that the backup is of: nothing is begun in the log of another. */
export interface CellRestoration extends Restoration {
  readonly cell: string;
}

/** The log that the services at a target write. */
export async function openLogAt(target: Target, making: Making = { create: false }): Promise<Result<OpenLog, Failure>> {
  const { log } = target.config;
  const { restoration } = making;
  if (restoration !== undefined && restoration.cell !== target.cell) {
    const reason = `the backup is of cell ${restoration.cell}, not of ${target.cell}`;
    return fail(fleetbookError('COPY_MISMATCH', { number: 1, reason }));
  }
  if (log.adapter === 'eventstoredb') {
    const opened = await orFailure(() => openEventStore(log.connectionString, target.cell, making));
    return opened.ok ? succeed({ ...openLog(target, opened.value), close: () => opened.value.close() }) : opened;
  }
  const bus = await connectBusTo(target);
  if (!bus.ok) {
    return bus;
  }
  const opened = await orFailure(() => openJetStream(bus.value, target, making));
  if (!opened.ok) {
    await bus.value.close();
    return opened;
  }
  const close = async (): Promise<void> => {
    await opened.value.close();
    await bus.value.close();
  };
  return succeed({ ...openLog(target, opened.value), close });
}

function openLog(target: Target, log: EventLog): Omit<OpenLog, 'close'> {
  return { cell: target.cell, log, target };
}

async function openEventStore(connectionString: string, cell: string, { restoration }: Making): Promise<EventLog> {
  const { openEventStoreLog } = await import('@fleetbook/event-log/eventstoredb');
  return openEventStoreLog({ connectionString, cell, ...(restoration === undefined ? {} : { restoration }) });
}

async function openJetStream(
  bus: Bus,
  { cell, config, monitoringUrl, user }: Target,
  { create, restoration }: Making,
): Promise<EventLog> {
  const { openJetStreamLog } = await import('@fleetbook/event-log/jetstream');
  const { appendTimeoutMs } = config;
  const monitoring = monitoringUrl === undefined ? {} : { monitoringUrl };
  return openJetStreamLog({
    ...{ connection: bus.connection, inboxPrefix: inboxPrefixOf(user), cell, create, appendTimeoutMs },
    ...monitoring,
    ...(restoration === undefined ? {} : { restoration }),
  });
}

/** Runs work on a log; what a log throws for a reason becomes a failure. */
export async function orFailure<Value>(work: () => Promise<Value>): Promise<Result<Value, Failure>> {
  try {
    return succeed(await work());
  } catch (thrown) {
    const failure = logFailureOf(thrown);
    if (failure === undefined) {
      throw thrown;
    }
    return fail(failure);
  }
}
