import { resolve } from 'node:path';
import {
  encodeQuery,
  fleetbookError,
  type ProjectionAnswer,
  querySubject,
  type RebuildAnswer,
  rebuildSubject,
} from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import type { Bus } from '@fleetbook/messaging';
import type { Call, Failure } from '../call.ts';
import { isFile, noServices } from './bundle-source.ts';
import { connectBusTo } from './connection.ts';
import { runningTarget } from './directory-log.ts';
import { findTarget, type Target } from './target.ts';

/** The projectors of a cell that run, each for itself. */
export interface Replicas {
  readonly cell: string;
  /** Everything that answers in time, by id. */
  ask(): Promise<readonly ProjectionAnswer[]>;
  /** Asks each to be replaced by one that begins anew. */
  rebuild(): Promise<readonly RebuildAnswer[]>;
  close(): Promise<void>;
}

/** Nobody knows how many there are: everybody gets so long. */
const WAIT_MS = 500;

/** Where the services that the call names run; undefined for a directory on which nothing runs. */
export async function findReplicas(call: Call): Promise<Result<Replicas | undefined, Failure>> {
  const directory = call.args.text('data');
  if (directory !== undefined && (await isFile(call, directory))) {
    return fail(noServices(directory));
  }
  const target =
    directory === undefined ? await findTarget(call) : await runningTarget(call, resolve(call.directory, directory));
  if (!target.ok) {
    return target;
  }
  return target.value === undefined ? succeed(undefined) : connect(target.value);
}

async function connect(target: Target): Promise<Result<Replicas, Failure>> {
  const connected = await connectBusTo(target);
  if (!connected.ok) {
    return fail(connected.error);
  }
  const bus = connected.value;
  const { cell } = target;
  return succeed({
    cell,
    async ask() {
      const { ANSWER_SCHEMAS } = await import('@fleetbook/contracts/answers');
      const answers = await askAll(bus, querySubject(cell, 'projection'), encodeQuery('projection', {}));
      const replicas = answers.flatMap((fields) => {
        const parsed = ANSWER_SCHEMAS.projection.safeParse(fields['answer']);
        return parsed.success ? [parsed.data] : [];
      });
      return replicas.toSorted((left, right) => (left.id < right.id ? -1 : 1));
    },
    async rebuild() {
      const answers = await askAll(bus, rebuildSubject(cell), Buffer.from('{}'));
      return answers.flatMap(({ id, isReplaced }) =>
        typeof id === 'string' && typeof isReplaced === 'boolean' ? [{ id, isReplaced }] : [],
      );
    },
    close: async () => void (await bus.close()),
  });
}

/** That nobody answered, as a failure. */
export function nobodyAnswers(cell: string): Failure {
  return fleetbookError('UNAVAILABLE', { service: 'The projector', reason: `none of cell ${cell} answers` });
}

async function askAll(bus: Bus, subject: string, payload: Uint8Array): Promise<readonly Fields[]> {
  const replies = await bus.requestAll(subject, payload, WAIT_MS);
  return replies.map(fieldsOf);
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(reply: Buffer): Fields {
  try {
    const value: unknown = JSON.parse(reply.toString('utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
