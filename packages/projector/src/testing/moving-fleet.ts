import type { Actor, Command, MoveKind } from '@fleetbook/domain';
import { createMemoryLog, type MemoryLog } from '@fleetbook/event-log/memory';
import { addNode, agentOf, claimOf, OPERATOR, ORIGIN_OF_TESTS, SCHEDULER } from './fleet.ts';
import { foundHistory, type HistoryWriter } from './history-writer.ts';
import { type TestProjector, withProjector } from './run-projector.ts';

const origin = ORIGIN_OF_TESTS;

/** A fleet under a writer, with short words for what tests set up. */
export interface Fleet {
  readonly log: MemoryLog;
  readonly writer: HistoryWriter;
  /** Decides, and throws unless accepted. */
  given(actor: Actor, command: Command, commandId?: string): void;
  claim(node: string, instance: string): void;
  move(kind: MoveKind, instance: string, source: string, destination: string): void;
  advance(
    instance: string,
    destination: string,
    ...states: readonly ('running' | 'prepared' | 'switched' | 'finished')[]
  ): void;
  ask(work: (running: TestProjector) => Promise<void>): Promise<void>;
}

/** Nodes `a`, `b` and `c`. The claim of instance i is `claim-i`, its move `move-i`, its tenant `tenant-i`. */
export async function movingFleet(): Promise<Fleet> {
  const log = createMemoryLog();
  const writer = await foundHistory(log);
  for (const node of ['a', 'b', 'c']) {
    addNode(writer, node);
  }
  function given(actor: Actor, command: Command, commandId?: string): void {
    const decision = writer.decide(actor, command, commandId);
    if (decision.kind !== 'accepted') {
      throw new Error(`${command.type}: ${JSON.stringify(decision)}`);
    }
  }
  return {
    log,
    writer,
    given,
    claim(node, instance) {
      const claimId = `claim-${instance}`;
      given(SCHEDULER, claimOf(node, instance, undefined, `tenant-${instance}`), claimId);
      given(agentOf(node), { type: 'ConfirmClaim', origin, node, instance, claimId });
    },
    move(kind, instance, source, destination) {
      const place = { source, claimId: `claim-${instance}`, destination };
      given(SCHEDULER, { type: 'ClaimMove', origin, kind, instance, ...place }, `move-${instance}`);
    },
    advance(instance, destination, ...states) {
      for (const to of states) {
        given(agentOf(destination), { type: 'AdvanceMove', origin, instance, moveId: `move-${instance}`, to });
      }
    },
    async ask(work) {
      await writer.flush();
      await withProjector(log, writer.bookmark.number, work);
    },
  };
}

/** Nodes `a` to `c`, of which `a` is down and its `i1` evacuated to `b`: what it held is left behind. */
export async function evacuatedFleet(): Promise<Fleet> {
  const all = await movingFleet();
  all.claim('a', 'i1');
  all.given(OPERATOR, { type: 'MarkNodeDown', origin, node: 'a', reason: 'dark', fenced: false });
  all.move('evacuation', 'i1', 'a', 'b');
  all.advance('i1', 'b', 'running', 'switched');
  all.given(agentOf('b'), { type: 'AdvanceMove', origin, instance: 'i1', moveId: 'move-i1', to: 'completed' });
  return all;
}
