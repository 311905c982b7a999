import type { LedgerEvent } from '@fleetbook/domain';
import { checkEnd } from './checks/end.ts';
import { Violation } from './checks/violation.ts';
import type { Plan } from './plan.ts';
import { applyFault } from './workload/apply-fault.ts';
import { CommandSenders, isCommandStep } from './workload/commands.ts';
import type { FaultKind } from './workload/fault-plan.ts';
import { Askers } from './workload/queries.ts';
import { createChance } from './world/random.ts';
import { type Tampering, World } from './world/world.ts';

export interface Outcome {
  readonly seed: number;
  /** The rule that was broken, and how; undefined when all held. */
  readonly violation: { readonly rule: string; readonly message: string } | undefined;
  /** Turns that processes, servers and disks got. */
  readonly turns: number;
  readonly commits: number;
  /** Recorded outcomes that clients were given. */
  readonly acknowledged: number;
  readonly replies: number;
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
  /** Services that stopped for good, and the code they gave. */
  readonly stopped: readonly string[];
  /** In the log at the end, by type; of refusals by code. */
  readonly events: Readonly<Record<string, number>>;
  readonly simulatedMs: number;
  /** Over every turn, in order: equal for two runs of one selection. */
  readonly traceHash: string;
  /** What happened last, and what the services logged; for a failure only. */
  readonly report: readonly string[];
}

/** Runs a plan until everything has settled after its last fault, and checks it all the way. */
export async function simulate(plan: Plan, tampering: Tampering = {}): Promise<Outcome> {
  const run = new Run(plan, tampering);
  return run.outcome(await run.violation());
}

class Run {
  readonly #world: World;
  readonly #plan: Plan;
  readonly #senders: CommandSenders;
  readonly #askers: Askers;
  readonly #faults = new Map<FaultKind, number>();
  #thrown: unknown;

  constructor(plan: Plan, tampering: Tampering) {
    this.#plan = plan;
    this.#world = new World(plan.seed, plan.driftPolicy, tampering);
    const { clients: machines, observer } = this.#world;
    const chance = createChance(plan.seed, 'workload');
    const book = (): typeof observer.book => observer.book;
    this.#senders = new CommandSenders({ machines, chance: chance.fork('commands'), book });
    const onError = (error: unknown): void => {
      this.#thrown ??= error;
    };
    this.#askers = new Askers({ machines, chance: chance.fork('queries'), book, onError });
  }

  async violation(): Promise<Violation | undefined> {
    const onRejection = (reason: unknown): void => {
      this.#thrown ??= reason;
    };
    process.on('unhandledRejection', onRejection);
    try {
      this.#prepare();
      await this.#advance(Math.max(0, ...[...this.#plan.steps, ...this.#plan.faults].map(({ atMs }) => atMs)));
      await checkEnd({
        world: this.#world,
        senders: this.#senders,
        askers: this.#askers,
        until: (isReached, limitMs) => this.#until(isReached, limitMs),
      });
      return undefined;
    } catch (error) {
      return error instanceof Violation ? error : new Violation('nothing throws', textOf(error));
    } finally {
      process.off('unhandledRejection', onRejection);
    }
  }

  outcome(violation: Violation | undefined): Outcome {
    const { scheduler, observer, services } = this.#world;
    return {
      seed: this.#plan.seed,
      violation: violation === undefined ? undefined : { rule: violation.rule, message: violation.message },
      turns: scheduler.steps,
      commits: observer.book.commits.length,
      acknowledged: observer.acknowledged.length,
      replies: observer.replies,
      faults: Object.fromEntries(this.#faults),
      stopped: services.flatMap((machine) => {
        const stop = machine.stopped();
        return stop === undefined ? [] : [`${machine.name} ${stop.code}`];
      }),
      events: countTypes(observer.book.events),
      simulatedMs: scheduler.nowMs,
      traceHash: scheduler.traceHash(),
      report: violation === undefined ? [] : [...scheduler.tail(), ...services.flatMap((machine) => machine.lines())],
    };
  }

  #prepare(): void {
    const world = this.#world;
    for (const machine of world.services) {
      machine.start();
    }
    for (const { atMs, step, questions } of this.#plan.steps) {
      world.later(atMs, `step ${step.type}`, () => {
        if (isCommandStep(step)) {
          this.#senders.send(step);
        }
        for (let asked = 0; asked < questions; asked += 1) {
          this.#askers.ask();
        }
      });
    }
    for (const fault of this.#plan.faults) {
      world.later(fault.atMs, fault.kind, () => {
        if (applyFault(world, fault)) {
          this.#faults.set(fault.kind, (this.#faults.get(fault.kind) ?? 0) + 1);
        }
      });
    }
  }

  /** What is due at that very moment has happened, too. */
  async #advance(untilMs: number): Promise<void> {
    while (this.#world.scheduler.nowMs <= untilMs) {
      await this.#step();
    }
  }

  async #until(isReached: () => boolean, limitMs: number): Promise<boolean> {
    const { scheduler } = this.#world;
    const endMs = scheduler.nowMs + limitMs;
    while (!isReached()) {
      if (scheduler.nowMs > endMs) {
        return false;
      }
      await this.#step();
    }
    return true;
  }

  async #step(): Promise<void> {
    const { scheduler, observer } = this.#world;
    await scheduler.step();
    if (observer.violation !== undefined) {
      throw observer.violation;
    }
    if (this.#thrown !== undefined) {
      throw this.#thrown;
    }
  }
}

function countTypes(events: readonly LedgerEvent[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const event of events) {
    const name = event.type === 'CommandRejected' ? event.data.code : event.type;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
