import { querySubject } from '@fleetbook/contracts';
import { damageError, LogDamageError } from '@fleetbook/event-log';
import { answerMark, createMetrics } from '@fleetbook/operations';
import { createProjector, type Projector } from '@fleetbook/projector';
import { type PeerBus, peersOn } from '@fleetbook/projector-service/peers';
import { type QueryEndpoints, type QueryServing, serveQueries } from '@fleetbook/projector-service/queries';
import { Machine, type OwnState, type Running, type Stop, type Surroundings } from './machine.ts';
import type { MessageHandler } from './network.ts';
import type { SimulatedProcess } from './process.ts';
import { askAll, CELL } from './tracker-machine.ts';

interface RunningProjector extends Running {
  readonly projector: Projector;
}

/** Short, so that most runs see several. */
const CHECKPOINT_INTERVAL_MS = 1_200;
const CHECKPOINT = 'checkpoint.json';

/** A machine that runs a projector: the production factory, its disk and its endpoints over ports of the simulation. */
export class ProjectorMachine extends Machine<RunningProjector> {
  readonly #milestoneEvents: number;

  /** @param milestoneEvents as for the trackers. */
  constructor(name: string, surroundings: Surroundings, milestoneEvents: number) {
    super(name, surroundings);
    this.#milestoneEvents = milestoneEvents;
  }

  /** A projector never gives up by itself; one that found damage answers nothing but that. */
  stopped(): Stop | undefined {
    const cause = this.running?.projector.status.fault?.cause;
    return cause instanceof LogDamageError ? { code: damageError(cause).code, reason: cause.message } : undefined;
  }

  /** As an operator has it done: what was saved is dropped, and another process folds the whole log. */
  rebuild(): boolean {
    const { process, running, disk } = this;
    if (process === undefined || running === undefined) {
      return false;
    }
    process.schedule(0, 'is rebuilt', () => {
      const isWell = disk.trouble === undefined;
      const done = running.projector.discardCheckpoint().then(() => running.stop());
      const end = (): void => {
        if (isWell && disk.trouble === undefined && !process.isDead && disk.holds(CHECKPOINT)) {
          this.surroundings.onRule('a rebuild begins with the first event', `${process.name} has left a checkpoint`);
        }
        process.kill();
      };
      done.then(end, end);
    });
    return true;
  }

  /** Alters one record in the memory of its process. Gives the name of the process; undefined where there is none. */
  alterRecord(share: number): string | undefined {
    const nodes = [...(this.running?.projector.view.ledger.nodes.values() ?? [])];
    const node = nodes[Math.floor(share * nodes.length)];
    if (node === undefined || !Reflect.set(node, 'owner', `${node.owner}-altered`)) {
      return undefined;
    }
    return this.process?.name;
  }

  protected begin(process: SimulatedProcess, own: OwnState): RunningProjector {
    let endpoints: QueryEndpoints | undefined;
    const projector = createProjector({
      id: process.name,
      peers: peersOn(this.#peerBus(process), CELL, process.name),
      cell: CELL,
      log: this.surroundings.logServer.connect(process),
      ...own,
      clock: process.clock,
      timers: process.timers,
      logger: this.logger,
      metrics: createMetrics(),
      version: '0.0.0',
      pid: 1,
      checkpointIntervalMs: CHECKPOINT_INTERVAL_MS,
      milestoneEvents: this.#milestoneEvents,
      backoff: { firstMs: 100, mostMs: 2_000 },
      onAnswering: (isAnswering) => endpoints?.setAnswering(isAnswering),
    });
    const options = { service: 'projector', id: process.name, marks: own.marks, clock: process.clock } as const;
    void this.surroundings.network.subscribe(process, querySubject(CELL, 'mark'), (_subject, payload, respond) =>
      respond(answerMark(options, payload)),
    );
    endpoints = serveQueries({
      service: this.#service(process),
      cell: CELL,
      handle: projector.handle,
      flush: async () => undefined,
      timers: process.timers,
    });
    projector.start();
    const stop = async (): Promise<void> => {
      await endpoints?.stop();
      await projector.stop();
    };
    return { projector, stop };
  }

  #peerBus(process: SimulatedProcess): PeerBus {
    return {
      ask: (subject, payload, timeoutMs) =>
        new Promise((resolve) => {
          process.timers.after(timeoutMs, () => resolve('silent'));
          this.surroundings.network.request(process, subject, payload, (end) =>
            resolve(end.status === 'reply' ? end.payload : 'nobody'),
          );
        }),
      askAll: (subject, payload, waitMs) => askAll(this.surroundings, process, subject, payload, waitMs),
    };
  }

  #service(process: SimulatedProcess): QueryServing['service'] {
    const { network } = this.surroundings;
    return {
      addEndpoint: ({ subject, queue }, handler) => {
        const take: MessageHandler = (at, payload, respond) =>
          void handler(at, Buffer.from(payload), (reply) =>
            respond(typeof reply === 'string' ? Buffer.from(reply) : reply),
          );
        const joined = network.subscribe(process, subject, take, queue);
        return { subject, stop: async () => (await joined).stop() };
      },
    };
  }
}
