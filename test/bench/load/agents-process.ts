// Entry of a process that is the agents of the whole fleet: each node reports its inventory once an interval.
import { fileURLToPath } from 'node:url';
import { commandSubject, encodeBatch } from '@fleetbook/contracts';
import { type Bus, connectBus } from '@fleetbook/messaging';
import { readMachines, type TraceMachine } from '@fleetbook/workload';
import { replicateMachines } from '@fleetbook/workload/bench';
import { AGENT, reportOf } from './fleet-commands.ts';
import { answeredIn, sendTo } from './replies.ts';
import { serveTasks } from './serve-tasks.ts';
import type { AgentsReport, AgentsTask } from './tasks.ts';

const TRACE = fileURLToPath(new URL('../../data/openb', import.meta.url));
/** What agents on the same switch would send at about the same time. */
const REPORTS_PER_MESSAGE = 16;

/** A report that says nothing new: all a tracker does with it is compare, note that it heard, and answer. */
class Agents {
  readonly #bus: Bus;
  readonly #subject: string;
  readonly #machines: readonly TraceMachine[];
  readonly #timer: NodeJS.Timeout;
  #next = 0;
  #sent = 0;
  #failure: string | undefined;

  constructor(bus: Bus, { cell, nodes, reportIntervalMs }: AgentsTask, machines: readonly TraceMachine[]) {
    this.#bus = bus;
    this.#subject = commandSubject(cell, 'agent', AGENT, 'Batch');
    this.#machines = replicateMachines(machines, nodes);
    this.#timer = setInterval(() => this.#sendBatch(), (reportIntervalMs * REPORTS_PER_MESSAGE) / nodes);
  }

  /** What they have sent since the last time they were asked. */
  report(): AgentsReport {
    const { sent, failure } = { sent: this.#sent, failure: this.#failure };
    this.#sent = 0;
    this.#failure = undefined;
    return { sent, ...(failure === undefined ? {} : { failure }) };
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #sendBatch(): void {
    const messages = Array.from({ length: REPORTS_PER_MESSAGE }, () => {
      const machine = this.#machines[this.#next % this.#machines.length];
      this.#next += 1;
      if (machine === undefined) {
        throw new Error('there is no machine to report on');
      }
      return reportOf(machine, `again-${this.#next}`);
    });
    this.#sent += messages.length;
    const isRight = (payload: Buffer): boolean => answeredIn(payload, 'unchanged') === messages.length;
    sendTo(this.#bus, this.#subject, encodeBatch(messages), isRight, (failure) => {
      this.#failure ??= failure;
    });
  }
}

let bus: Bus | undefined;
let agents: Agents | undefined;

async function work(task: AgentsTask | { readonly type: 'tell' }): Promise<unknown> {
  if (task.type === 'tell') {
    return agents?.report();
  }
  const { url, user, password } = task;
  bus = await connectBus({ servers: [url], name: 'fleetbook-bench-agents', user, password });
  agents = new Agents(bus, task, await readMachines(TRACE));
  return undefined;
}

await serveTasks(work, async () => {
  agents?.stop();
  await bus?.close();
});
