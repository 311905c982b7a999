import type { FleetbookError, QueryAnswers, QueryBodies } from '@fleetbook/contracts';
import type { EventLog } from '@fleetbook/event-log';
import { createMetrics, systemClock } from '@fleetbook/operations';
import {
  type MemoryDisk,
  type MemoryLogger,
  memoryDisk,
  memoryLogger,
  memoryMarks,
} from '@fleetbook/operations/testing';
import { createProjector, type Projector, type ProjectorOptions } from '../projector.ts';
import type { ProjectorQuery } from '../queries/answer.ts';

export interface TestProjector {
  readonly projector: Projector;
  readonly disk: MemoryDisk;
  readonly logger: MemoryLogger;
  readonly metrics: () => string;
  ask<Name extends ProjectorQuery>(name: Name, body: QueryBodies[Name]): Promise<TestReply<Name>>;
  /** The answer itself; throws on an error. */
  answer<Name extends ProjectorQuery>(name: Name, body: QueryBodies[Name]): Promise<QueryAnswers[Name]>;
  askBytes(name: string, payload: Uint8Array): Promise<TestReply<ProjectorQuery>>;
}

export type TestReply<Name extends ProjectorQuery> =
  | {
      readonly outcome: 'answer';
      readonly token: string;
      readonly at: number;
      readonly stale?: true;
      readonly staleReason?: string;
      readonly answer: QueryAnswers[Name];
    }
  | { readonly outcome: 'error'; readonly error: FleetbookError };

/** A projector with a disk in memory and short waits. */
export function testProjector(
  log: EventLog,
  options: Partial<ProjectorOptions> = {},
  disk: MemoryDisk = memoryDisk(),
): TestProjector {
  const logger = memoryLogger();
  const metrics = createMetrics();
  const projector = createProjector({
    id: 'replica-1',
    cell: 'main',
    log,
    disk,
    directory: '/data',
    marks: memoryMarks(),
    clock: systemClock,
    logger,
    metrics,
    version: '0.0.0',
    pid: 1,
    checkpointIntervalMs: 3_600_000,
    lagIntervalMs: 5,
    backoff: { firstMs: 1, mostMs: 10 },
    ...options,
  });

  function askBytes<Name extends ProjectorQuery>(name: string, payload: Uint8Array): Promise<TestReply<Name>> {
    return new Promise((resolve) => {
      projector.handle(name, payload, (reply) => resolve(JSON.parse(Buffer.from(reply).toString())));
    });
  }

  function ask<Name extends ProjectorQuery>(name: Name, body: QueryBodies[Name]): Promise<TestReply<Name>> {
    return askBytes(name, Buffer.from(JSON.stringify(body)));
  }

  return {
    projector,
    disk,
    logger,
    metrics: () => metrics.expose(),
    ask,
    askBytes,
    async answer(name, body) {
      const reply = await ask(name, body);
      if (reply.outcome === 'error') {
        throw new Error(`${name}: ${reply.error.code} ${reply.error.message}`);
      }
      return reply.answer;
    },
  };
}

/** Runs a projector up to an event, does the work and stops it. */
export async function withProjector<Value>(
  log: EventLog,
  number: number,
  work: (running: TestProjector) => Promise<Value>,
  options: Partial<ProjectorOptions> = {},
  disk?: MemoryDisk,
): Promise<Value> {
  const running = testProjector(log, options, disk);
  running.projector.start();
  try {
    if (!(await running.projector.reached(number, 10_000))) {
      throw new Error(`event ${number} was not reached: ${JSON.stringify(running.projector.health().checks)}`);
    }
    return await work(running);
  } finally {
    await running.projector.stop();
  }
}

/** Waits until a condition holds, looking after each turn of the event loop. Throws after 10 s. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  const endMs = systemClock.monotonicMs() + 10_000;
  while (!holds()) {
    if (systemClock.monotonicMs() > endMs) {
      throw new Error(`did not happen: ${what}`);
    }
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}
