import type { QueryBodies, QueryName, QueryReply } from '@fleetbook/contracts';
import type { EventLog } from '@fleetbook/event-log';
import { filePartsOf, systemClock, systemTimers } from '@fleetbook/operations';
import { type MemoryDisk, memoryDisk, memoryLogger } from '@fleetbook/operations/testing';
import { createPast, type PastOptions } from '../past/past.ts';

export interface TestPast {
  readonly disk: MemoryDisk;
  ask<Name extends QueryName>(name: Name, body: QueryBodies[Name]): Promise<QueryReply<unknown>>;
}

/** The past of a log, with an index in memory; of `disk` when one is handed in. */
export function pastOf(log: EventLog, options: Partial<PastOptions> = {}, disk: MemoryDisk = memoryDisk()): TestPast {
  const past = createPast({
    disk,
    parts: filePartsOf(disk),
    directory: '/replay',
    cell: 'main',
    log,
    clock: systemClock,
    timers: systemTimers,
    logger: memoryLogger(),
    ...options,
  });
  return { disk, ask: (name, body) => past.ask(name, Buffer.from(JSON.stringify(body))) };
}
