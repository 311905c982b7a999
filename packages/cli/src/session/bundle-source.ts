import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  type FleetbookError,
  fleetbookError,
  isQueryName,
  type QueryAnswers,
  type QueryName,
  type QueryReply,
  queryErrorReply,
} from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import { createLogger, createNodeDisk, nodeFileParts, systemClock, systemTimers } from '@fleetbook/operations';
import { createPast, type OpenBundle, openBundle, type Past } from '@fleetbook/replay';
import { type Call, type Failure, usageFailure } from '../call.ts';
import { packageVersion } from '../version.ts';
import { makeScratch } from './scratch.ts';
import type { Source } from './source.ts';

/** An incident file that is open: its log, and the past of it. What it needs on disk goes when it is closed. */
export interface BundleHere extends OpenBundle {
  readonly bytes: number;
  readonly past: Past;
  /** Where it has its index. */
  readonly directory: string;
  close(): Promise<void>;
}

/** Whether `--data` names a file: then it is an incident, not a directory. */
export async function isFile(call: Call, name: string): Promise<boolean> {
  const found = await stat(resolve(call.directory, name)).catch(() => undefined);
  return found?.isFile() ?? false;
}

/** Opens an incident file, on this machine alone. Errors: USAGE, BUNDLE_DAMAGED, FORMAT_TOO_NEW, LOG_DAMAGED. */
export async function openBundleFile(call: Call, name: string): Promise<Result<BundleHere, Failure>> {
  const bytes = await readFile(resolve(call.directory, name)).catch(() => undefined);
  if (bytes === undefined) {
    return fail(usageFailure(`There is no file ${name} that can be read`));
  }
  const { path: directory, remove: close } = makeScratch('incident');
  const disk = createNodeDisk();
  const opened = await openBundle(name, bytes, { disk, directory });
  if (!opened.ok) {
    await close();
    return opened;
  }
  const { manifest, log } = opened.value;
  const past = createPast({
    ...{ cell: manifest.cell, log, timers: systemTimers, disk, parts: nodeFileParts, directory },
    // In a file it is the time at which the file ends.
    clock: { ...systemClock, now: () => manifest.toAt },
    logger: createLogger({
      service: 'replay',
      version: packageVersion(),
      serviceInstanceId: 'cli',
      level: 'silent',
      output: 'stderr',
    }),
  });
  return succeed({ manifest, log, bytes: bytes.length, past, directory, close });
}

/** Questions without an instant. */
const WITHOUT_INSTANT: ReadonlySet<QueryName> = new Set(['diff', 'what-if']);

const OF_SERVICES: ReadonlySet<QueryName> = new Set(['health', 'projection', 'writer', 'mark']);

/** What is asked of a file though only services can tell it. */
export function noServices(file: string): FleetbookError {
  return fleetbookError('USAGE', {
    reason: `${file} is an incident file: no services run on it, it answers what is asked of a cell`,
  });
}

/** An incident file that answers questions: by themselves they are about its end. */
export async function openBundleSource(call: Call, name: string): Promise<Result<Source, Failure>> {
  const opened = await openBundleFile(call, name);
  if (!opened.ok) {
    return opened;
  }
  const { manifest, past, close } = opened.value;
  return succeed({
    cell: manifest.cell,
    isLive: false,
    ...(manifest.from === 1 ? {} : { beginsWith: manifest.from }),
    async ask(query, fields) {
      if (OF_SERVICES.has(query)) {
        return queryErrorReply(noServices(name));
      }
      const instant = WITHOUT_INSTANT.has(query) ? {} : { asOf: String(manifest.to) };
      const reply: QueryReply<unknown> = await past.ask(query, Buffer.from(JSON.stringify({ ...instant, ...fields })));
      if (isReplyTo(query, reply)) {
        return reply;
      }
      throw new Error(`the file gave no reply to ${query}`);
    },
    close,
  });
}

function isReplyTo<Name extends QueryName>(
  name: Name,
  reply: QueryReply<unknown>,
): reply is QueryReply<QueryAnswers[Name]> {
  return isQueryName(name) && 'outcome' in reply;
}
