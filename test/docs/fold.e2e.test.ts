import { fileURLToPath } from 'node:url';
import type { Fleetbook, FleetbookClient } from '@fleetbook/client';
import {
  type ClientOf,
  fillFleet,
  type Guest,
  playSecondAct,
  readMachines,
  readTasks,
  registerFleet,
  requestOf,
  type TaskOutcome,
} from '@fleetbook/workload';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CellUnderTest, startCellUnderTest } from '../support/cell-under-test.ts';
import { expectSameInPython, whyNoPython } from './python-fold.ts';

const TRACE = fileURLToPath(new URL('../data/openb/', import.meta.url));
const SEED = 20_261_121;
const MACHINES = 50;
const TASKS = 400;
const DECISIONS_BETWEEN_DIGESTS = 40;

let cell: CellUnderTest;

beforeAll(async () => {
  cell = await startCellUnderTest();
});

afterAll(() => cell?.stop());

/** An actor's client is kept: it knows the newest token that the actor saw. */
function keptClients(fleetbook: Fleetbook): ClientOf {
  const kept = new Map<string, FleetbookClient>();
  return (role, actor) => {
    const client = kept.get(`${role} ${actor}`) ?? fleetbook.as(role, actor);
    kept.set(`${role} ${actor}`, client);
    return client;
  };
}

const guestOf = ({ task, reply }: TaskOutcome): readonly Guest[] =>
  reply.outcome === 'accepted' && reply.result.type === 'ClaimInstance'
    ? [{ ...reply.result, request: requestOf(task) }]
    : [];

/** The demo on a part of its fleet. */
async function playDemo(clientOf: ClientOf): Promise<void> {
  const machines = (await readMachines(TRACE)).slice(0, MACHINES);
  const tasks = (await readTasks(TRACE)).slice(0, TASKS);
  const outcomes: TaskOutcome[] = [];
  await registerFleet(machines, clientOf, () => {});
  const settings = { schedulers: 4, candidatesMaximumAgeMs: 1_000, seed: SEED, now: () => performance.now() };
  await fillFleet(machines, tasks, clientOf, settings, (outcome) => outcomes.push(outcome));
  await playSecondAct(outcomes.flatMap(guestOf), SEED, clientOf, () => {});
}

describe('docs/reference/fold.md', () => {
  it('is enough to fold the log of the demo to the digests of the services that wrote and read it', async (context) => {
    context.skip(whyNoPython !== undefined, whyNoPython);
    await playDemo(keptClients(cell.fleetbook));
    const { events } = await cell.readLog();
    const { number, tracker, projector } = await cell.digests();
    const digests = expectSameInPython([events], DECISIONS_BETWEEN_DIGESTS, 'the demo');
    expect(events.at(-1)?.number).toBe(number);
    expect({ digests, projector }).toEqual({ digests: [tracker], projector: tracker });
    const types = new Set(events.map(({ type }) => type));
    expect([...types]).toEqual(expect.arrayContaining(['MoveCompleted', 'MoveClaimDropped', 'DriftHealed']));
  });
});
