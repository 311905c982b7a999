import type { FleetbookClient } from '@fleetbook/client';
import type { CommandReply } from '@fleetbook/contracts';
import { inTurn } from '../in-turn.ts';
import type { TraceMachine, TraceTask } from '../openb/read-trace.ts';
import { requestOf } from '../openb/to-ledger.ts';
import { type SeededRandom, seededRandom } from '../seeded-random.ts';
import { type CandidateMemory, createCandidateMemory } from './candidate-memory.ts';
import type { ClientOf } from './register-fleet.ts';

export interface FillSettings {
  readonly schedulers: number;
  /** How old an answer may be that a scheduler chooses from, milliseconds. */
  readonly candidatesMaximumAgeMs: number;
  readonly seed: number;
  /** Milliseconds of a clock that does not jump. */
  readonly now: () => number;
}

/** The outcome of one task: where it was sent, what the ledger said, when it was sent and answered. */
export interface TaskOutcome {
  readonly task: TraceTask;
  readonly node: string;
  readonly reply: CommandReply;
  readonly sentAtMs: number;
  readonly answeredAtMs: number;
}

const CANDIDATES = 128;

interface Scheduler {
  readonly client: FleetbookClient;
  readonly memory: CandidateMemory;
  readonly random: SeededRandom;
}

/**
 * Plays the tasks as arrivals that stay: concurrent schedulers choose a machine each from answers that may be stale,
 * and claim. Where no machine fits, the claim is still sent, to some machine, so that the ledger records why.
 */
export const fillFleet = async (
  machines: readonly TraceMachine[],
  tasks: readonly TraceTask[],
  clientOf: ClientOf,
  settings: FillSettings,
  onOutcome: (outcome: TaskOutcome) => void,
): Promise<void> => {
  const schedulers = Array.from({ length: settings.schedulers }, (_, number): Scheduler => {
    const client = clientOf('scheduler', `scheduler-${number + 1}`);
    const random = seededRandom(settings.seed + number);
    const memory = createCandidateMemory(client, {
      limit: CANDIDATES,
      maximumAgeMs: settings.candidatesMaximumAgeMs,
      seed: settings.seed + number,
      now: settings.now,
    });
    return { client, memory, random };
  });

  const choose = async (task: TraceTask, { memory, random }: Scheduler): Promise<string> => {
    const candidates = (await memory.ask(requestOf(task)))?.candidates ?? [];
    const chosen = candidates[random.below(candidates.length)]?.node ?? machines[random.below(machines.length)]?.id;
    if (chosen === undefined) {
      throw new Error('there is no machine to claim on');
    }
    return chosen;
  };

  await inTurn(tasks, settings.schedulers, async (task, worker) => {
    const scheduler = schedulers[worker];
    if (scheduler === undefined) {
      throw new Error(`there is no scheduler ${worker}`);
    }
    const node = await choose(task, scheduler);
    const sentAtMs = settings.now();
    const reply = await scheduler.client.send('ClaimInstance', {
      node,
      instance: task.id,
      labels: { qos: task.qos },
      request: requestOf(task),
    });
    onOutcome({ task, node, reply, sentAtMs, answeredAtMs: settings.now() });
  });
};
