import type { TimelineQuery } from '@fleetbook/contracts';
import type { Actor, Instance, Ledger } from '@fleetbook/domain';
import { keyOf } from '../index/keys.ts';
import type { ReplayIndex } from '../index/replay-index.ts';
import type { Segment } from '../index/segment.ts';

type Subject = Pick<TimelineQuery, 'node' | 'instance' | 'move' | 'provider' | 'command'>;

/** The first event of a file that begins with a state; undefined where the log begins with its first event. */
export function firstOfFile({ start }: ReplayIndex): number | undefined {
  return start === undefined ? undefined : start.end.number + 1;
}

/** Whether the state that an incident file begins with knows of it: its events before are not in the file. */
export async function isKnownBefore({ start }: ReplayIndex, subject: Subject): Promise<boolean> {
  return start !== undefined && isIn(start, (await start.state()).ledger, subject);
}

async function isIn(start: Segment, ledger: Ledger, { node, instance, move, provider, command }: Subject) {
  if (node !== undefined) {
    return ledger.nodes.has(node);
  }
  if (provider !== undefined) {
    return ledger.providerNode.has(provider);
  }
  if (instance !== undefined) {
    return ledger.instances.has(instance) || (await start.concerning(keyOf.ended(instance))).length > 0;
  }
  const id = move ?? command ?? '';
  if (ledger.moves.has(id) || (await start.concerning(keyOf.closed(id))).length > 0) {
    return true;
  }
  return command !== undefined && ledger.instances.values().some((each) => claimOf(each) === command);
}

/** Who made, before an incident file begins, the claim or the move with this id. */
export async function makerBefore({ start }: ReplayIndex, id: string): Promise<Actor | undefined> {
  const ledger = (await start?.state())?.ledger;
  const claimed = ledger?.instances.values().find((each) => claimOf(each) === id);
  switch (claimed?.status) {
    case 'held':
      return claimed.claim.claimant;
    case 'offloaded':
      return claimed.claimant;
    default:
      return ledger?.moves.get(id)?.claimant;
  }
}

/** A claim has the id of the command that made it. */
function claimOf(instance: Instance): string | undefined {
  switch (instance.status) {
    case 'held':
      return instance.claim.claimId;
    case 'offloaded':
      return instance.claimId;
    case 'ended':
      return undefined;
  }
}
