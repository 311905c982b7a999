// Entry of a process that measures what no ledger on this machine can do more of: parsing, and appending.
import { randomUUID } from 'node:crypto';
import { DEFAULT_POLICIES } from '@fleetbook/domain';
import { encodeCommit, foundingCommit, MAX_EVENTS_PER_COMMIT, ORIGIN } from '@fleetbook/event-log';
import { openJetStreamLog } from '@fleetbook/event-log/jetstream';
import { type Bus, connectBus } from '@fleetbook/messaging';
import { createClaimSource } from '@fleetbook/workload/bench';
import { serveTasks } from './serve-tasks.ts';
import type { CeilingsReport, CeilingsTask } from './tasks.ts';

/** A log of its own, beside that of the cell. */
const CELL = 'bench-raw';
const TIMEOUT_MS = 5_000;
const PARSED_MESSAGES = 1_000;

let bus: Bus | undefined;

async function work(task: CeilingsTask): Promise<CeilingsReport> {
  const { url, user, password, seconds, bytesPerEvent } = task;
  bus = await connectBus({ servers: [url], name: 'fleetbook-bench-raw', user, password });
  const appendedEventsPerSecond = await appendFor(bus, seconds, bytesPerEvent);
  return { appendedEventsPerSecond, parsedClaimsPerSecond: parseFor(seconds) };
}

/** Claims' messages of the load, parsed and not looked at. */
function parseFor(seconds: number): number {
  const machine = { id: 'node-1', cpuMilli: 1, memoryMb: 1, gpuCount: 1, gpuModel: 'T4' };
  const facts = { cell: CELL, machines: [machine], prefix: `${'0'.repeat(16)}-`, seed: 1, agent: 'agent' };
  const source = createClaimSource({ ...facts, now: Date.now });
  const bodies = Array.from({ length: PARSED_MESSAGES }, () => source.single().body);
  const startMs = performance.now();
  let parsed = 0;
  while (performance.now() - startMs < seconds * 1_000) {
    for (const body of bodies) {
      JSON.parse(body);
    }
    parsed += bodies.length;
  }
  return (parsed * 1_000) / (performance.now() - startMs);
}

/** Full commits of events of the size that the cell's log has, one after the other, each synced before the next. */
async function appendFor({ connection }: Bus, seconds: number, bytesPerEvent: number): Promise<number> {
  const log = await openJetStreamLog({ connection, cell: CELL, create: true, appendTimeoutMs: TIMEOUT_MS });
  const policies = DEFAULT_POLICIES;
  const founding = foundingCommit({
    ...{ cell: CELL, historyId: 'raw', policies, writer: 'raw', at: Date.now(), commitId: randomUUID() },
  });
  const texts = Array.from({ length: MAX_EVENTS_PER_COMMIT }, () => JSON.stringify('x'.repeat(bytesPerEvent - 3)));
  let end = { position: ORIGIN.position, number: 0, hash: ORIGIN.hash };
  const append = async (commit: typeof founding): Promise<void> => {
    const result = await log.append(end.position, commit);
    if (result.status !== 'appended') {
      throw new Error(`a commit of the raw log was not appended: ${result.status}`);
    }
    end = { position: result.position, number: end.number + commit.eventTexts.length, hash: commit.hash };
  };
  await append(founding);
  const [startMs, before] = [performance.now(), end.number];
  while (performance.now() - startMs < seconds * 1_000) {
    await append(
      encodeCommit({ commitId: randomUUID(), epoch: 0, firstNumber: end.number + 1, previousHash: end.hash }, texts),
    );
  }
  const appended = ((end.number - before) * 1_000) / (performance.now() - startMs);
  await log.close();
  return appended;
}

await serveTasks(work, async () => void (await bus?.close()));
