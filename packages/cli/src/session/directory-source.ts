import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type ErrorCode,
  encodeQuery,
  type QueryAnswers,
  type QueryBodies,
  type QueryName,
  type QueryReply,
} from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import {
  createLogger,
  createMetrics,
  createNodeDisk,
  type Disk,
  type MarkKeeper,
  openMarkKeeper,
  replicaDirectories,
  systemClock,
} from '@fleetbook/operations';
import { createProjector, type Projector } from '@fleetbook/projector';
import type { Call, Failure } from '../call.ts';
import { packageVersion } from '../version.ts';
import { openDirectoryLog, runningTarget } from './directory-log.ts';
import type { OpenLog } from './log-at.ts';
import { logFailureOf } from './log-failure.ts';
import { pastHere } from './past-source.ts';
import { openServicesAt } from './service-source.ts';
import type { Source } from './source.ts';

const CATCH_UP_POLL_MS = 5;
const NEVER_MS = 2 ** 31 - 1;

/**
 * A data directory: the services that run on it, else its log folded in this process. Nothing in it is changed, but for
 * the index that questions about the past make there.
 */
export async function openDirectory(call: Call, name: string, isPast: boolean): Promise<Result<Source, Failure>> {
  const running = await runningTarget(call, resolve(call.directory, name));
  if (!running.ok) {
    return running;
  }
  if (running.value !== undefined) {
    return openServicesAt(call, running.value);
  }
  const opened = await openDirectoryLog(call, name);
  if (!opened.ok) {
    return opened;
  }
  const source = await (isPast ? pastOfWholeLog(call, opened.value) : foldHere(opened.value));
  if (!source.ok) {
    await opened.value.close();
    return source;
  }
  const close = async (): Promise<void> => {
    await source.value.close();
    await opened.value.close();
  };
  return succeed({ ...source.value, close });
}

const LOSSES: readonly ErrorCode[] = ['LOG_WENT_BACK', 'OTHER_HISTORY'];

/** What is the last decision recorded by some instant is not known of a log that lacks what came later. */
async function pastOfWholeLog(call: Call, opened: OpenLog): Promise<Result<Source, Failure>> {
  const present = await foldHere(opened);
  if (present.ok) {
    await present.value.close();
  } else if (LOSSES.includes(present.error.code)) {
    return present;
  }
  return pastHere(call, opened);
}

/**
 * The product's own projector in this process. It begins with the checkpoint and the high-water marks that the services
 * left in the directory, so that a log which ends before what was once folded is found out; it writes nothing. The log
 * stays open on close.
 */
export async function foldHere(opened: OpenLog): Promise<Result<Source, Failure>> {
  const disk = readOnly(createNodeDisk());
  const directoriesOf = (service: string) => replicaDirectories(opened.directory ?? '', service, opened.cell);
  const [trackers, projectors] = await Promise.all([directoriesOf('tracker'), directoriesOf('projector')]);
  const kept = await Promise.all([...trackers, ...projectors].map((directory) => readMarks(disk, directory)));
  const projector = createProjector({
    id: String(process.pid),
    cell: opened.cell,
    log: opened.log,
    disk,
    directory: projectors[0] ?? '',
    marks: highestOf(kept),
    clock: systemClock,
    logger: quietLogger(),
    metrics: createMetrics(),
    version: packageVersion(),
    pid: process.pid,
    checkpointIntervalMs: NEVER_MS,
  });
  projector.start();
  const failure = await whenCaughtUp(projector);
  if (failure !== undefined) {
    await projector.stop();
    return fail(failure);
  }
  return succeed({
    cell: opened.cell,
    isLive: false,
    ask: (query, fields) => askProjector(projector, query, fields),
    close: () => projector.stop(),
  });
}

async function whenCaughtUp(projector: Projector): Promise<Failure | undefined> {
  for (;;) {
    const { phase, fault } = projector.status;
    if (fault !== undefined) {
      const failure = logFailureOf(fault.cause);
      if (failure === undefined) {
        throw new Error(`the log cannot be folded: ${fault.reason}`, { cause: fault.cause });
      }
      return failure;
    }
    if (phase === 'live') {
      return undefined;
    }
    await delay(CATCH_UP_POLL_MS);
  }
}

function askProjector<Name extends QueryName>(
  projector: Projector,
  name: Name,
  fields: QueryBodies[Name],
): Promise<QueryReply<QueryAnswers[Name]>> {
  return new Promise((resolvePromise, reject) => {
    projector.handle(name, encodeQuery(name, fields), (payload) => {
      const reply: unknown = JSON.parse(Buffer.from(payload).toString('utf8'));
      if (isReply<Name>(reply)) {
        resolvePromise(reply);
      } else {
        reject(new Error('the projector gave no reply'));
      }
    });
  });
}

function isReply<Name extends QueryName>(reply: unknown): reply is QueryReply<QueryAnswers[Name]> {
  return typeof reply === 'object' && reply !== null && 'outcome' in reply;
}

function quietLogger() {
  return createLogger({
    service: 'projector',
    version: packageVersion(),
    serviceInstanceId: 'cli',
    level: 'silent',
    output: 'stderr',
  });
}

function readMarks(disk: Disk, directory: string): Promise<MarkKeeper> {
  const timers = { after: () => () => undefined };
  const surroundings = { clock: systemClock, timers, logger: quietLogger(), metrics: createMetrics() };
  return openMarkKeeper({ disk, directory, ...surroundings, intervalMs: NEVER_MS });
}

/** What any service of the directory knew to be durable must be in the log. */
function highestOf(kept: readonly MarkKeeper[]): MarkKeeper {
  const numberOf = ({ mark }: MarkKeeper): number => mark?.number ?? 0;
  return kept.reduce((highest, each) => (numberOf(each) > numberOf(highest) ? each : highest));
}

/** Reads as the disk does, and takes what is to be written without writing it. */
function readOnly(disk: Disk): Disk {
  const ignore = async () => succeed(undefined);
  return { ...disk, writeAtomically: ignore, overwrite: ignore, append: ignore, truncate: ignore, remove: ignore };
}
