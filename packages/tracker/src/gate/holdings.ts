import type { HeldView } from '@fleetbook/contracts';
import { type CommandMessage, type HeldSide, instancesHeldOn, type Ledger, sidesHeldOn } from '@fleetbook/domain';

/** What a node holds, for its agent to compare with what it runs. */
export interface Holdings {
  readonly held: readonly HeldView[];
  readonly sides: readonly HeldSide[];
}

/** Of the node of a RegisterNode; undefined for any other command. */
export function holdingsFor(ledger: Ledger, { command }: CommandMessage): Holdings | undefined {
  return command.type === 'RegisterNode'
    ? { held: instancesHeldOn(ledger, command.node), sides: sidesHeldOn(ledger, command.node) }
    : undefined;
}
