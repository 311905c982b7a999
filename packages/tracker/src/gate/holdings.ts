import type { HeldView } from '@fleetbook/contracts';
import { type CommandMessage, type HeldSide, type Ledger, sidesHeldOn } from '@fleetbook/domain';

/** What a node holds, for its agent to compare with what it runs. */
export interface Holdings {
  readonly held: readonly HeldView[];
  readonly sides: readonly HeldSide[];
}

/** Of the node of a RegisterNode; undefined for any other command. */
export function holdingsFor(ledger: Ledger, { command }: CommandMessage): Holdings | undefined {
  if (command.type !== 'RegisterNode') {
    return undefined;
  }
  const held: HeldView[] = [];
  for (const id of [...ledger.heldBy.get(command.node)].sort()) {
    const instance = ledger.instances.get(id);
    if (instance?.status === 'held') {
      const { claim, moveId } = instance;
      held.push({
        instance: id,
        claimId: claim.claimId,
        ...(claim.release === undefined ? {} : { isReleasing: true, becomes: claim.release.becomes }),
        ...(moveId === undefined ? {} : { moveId }),
      });
    }
  }
  return { held, sides: sidesHeldOn(ledger, command.node) };
}
