import type { FleetbookClient } from '@fleetbook/client';
import type { CommandReply } from '@fleetbook/contracts';
import { inTurn } from '../in-turn.ts';
import type { TraceMachine } from '../openb/read-trace.ts';
import { providersOf } from '../openb/to-ledger.ts';

const AGENTS_AT_A_TIME = 64;

/** An actor's door to the cell: each machine has an agent of its own. */
export type ClientOf = (role: 'agent' | 'scheduler' | 'operator', actor: string) => FleetbookClient;

const registered = (reply: CommandReply): number => {
  if ((reply.outcome === 'accepted' || reply.outcome === 'unchanged') && reply.result.type === 'RegisterNode') {
    return reply.result.incarnation;
  }
  throw new Error(`a machine could not be registered: ${JSON.stringify(reply)}`);
};

const mustHold = (reply: CommandReply): void => {
  if (reply.outcome !== 'accepted' && reply.outcome !== 'unchanged') {
    throw new Error(`an inventory was not taken: ${JSON.stringify(reply)}`);
  }
};

/** Registers every machine and reports its inventory, each by its own agent. Throws when one is refused. */
export const registerFleet = (
  machines: readonly TraceMachine[],
  clientOf: ClientOf,
  onRegistered: (machine: TraceMachine) => void,
): Promise<void> =>
  inTurn(machines, AGENTS_AT_A_TIME, async (machine) => {
    const agent = clientOf('agent', machine.id);
    const incarnation = registered(
      await agent.send('RegisterNode', { node: machine.id, bootId: `${machine.id}:boot-1` }),
    );
    mustHold(
      await agent.send('ReportInventory', {
        node: machine.id,
        incarnation,
        sequence: 1,
        mode: 'full',
        providers: providersOf(machine),
      }),
    );
    onRegistered(machine);
  });
