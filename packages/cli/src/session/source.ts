import type { QueryAnswers, QueryBodies, QueryName, QueryReply } from '@fleetbook/contracts';
import type { Result } from '@fleetbook/domain';
import type { Call, Ending, Failure } from '../call.ts';

/** Something that answers questions about a cell: its services, or its data directory opened by this process. */
export interface Source {
  readonly cell: string;
  /** Whether services answer; otherwise this process does, from the log alone. */
  readonly isLive: boolean;
  /** First event of an incident file that begins later than the ledger; absent otherwise. */
  readonly beginsWith?: number;
  ask<Name extends QueryName>(
    name: Name,
    fields: QueryBodies[Name],
    terms?: Terms,
  ): Promise<QueryReply<QueryAnswers[Name]>>;
  /** Trackers that take no office though nobody holds it. Absent where no services answer. */
  readonly candidates?: () => Promise<readonly Candidate[]>;
  close(): Promise<void>;
}

/** Of one question among many. */
export interface Terms {
  /** Instead of what is left of the time of the call, milliseconds. */
  readonly timeoutMs: number;
}

export interface Candidate {
  readonly id: string;
  /** Why, for people. */
  readonly waitsFor: string;
}

/** Opens what `--data`, `--server` and the surroundings name. */
async function openSource(call: Call, isPast: boolean): Promise<Result<Source, Failure>> {
  const directory = call.args.text('data');
  if (directory !== undefined) {
    const { isFile, openBundleSource } = await import('./bundle-source.ts');
    if (await isFile(call, directory)) {
      return openBundleSource(call, directory);
    }
    const { openDirectory } = await import('./directory-source.ts');
    return openDirectory(call, directory, isPast);
  }
  const { openServices } = await import('./service-source.ts');
  return openServices(call);
}

/** Opens the source, asks what there is to ask, and closes it. With `--as-of` it is asked about the past. */
export function withSource(call: Call, work: (source: Source) => Promise<Ending>): Promise<Ending> {
  return withOpened(call, call.args.text('as-of') !== undefined, work);
}

/** The same for verbs that only ask about the past. */
export function withPast(call: Call, work: (source: Source) => Promise<Ending>): Promise<Ending> {
  return withOpened(call, true, work);
}

async function withOpened(call: Call, isPast: boolean, work: (source: Source) => Promise<Ending>): Promise<Ending> {
  const source = await openSource(call, isPast);
  if (!source.ok) {
    return { failure: source.error };
  }
  try {
    return await work(source.value);
  } finally {
    await source.value.close();
  }
}
