import type { Actor, Claim, Command, HeldRecord, Ledger, LedgerEvent, Move, OffloadedRecord } from '@fleetbook/domain';
import { NODES, type Sender, type Slip } from './random-steps.ts';

export const ORIGIN = { client: 'model', version: '1', host: 'here' };
export const WRITER: Actor = { role: 'system', id: 'writer-1' };
export const OPERATOR: Actor = { role: 'operator', id: 'operator-1' };

/** What senders know: the state they were told of, and ids that they or others used before. */
export interface Known {
  readonly ledger: Ledger;
  readonly events: readonly LedgerEvent[];
  /** Claim and move ids of each instance, those of earlier claims included. */
  readonly usedIds: ReadonlyMap<string, readonly string[]>;
  readonly sequence: number;
}

export interface Sent {
  readonly actor: Actor;
  readonly command: Command;
}

export const agentOf = ({ ledger }: Known, node: string): Actor => ({
  role: 'agent',
  id: ledger.nodes.get(node)?.owner ?? `agent-${node}`,
});

export function actorOf(known: Known, sender: Sender, node: string, claimant?: Actor): Actor {
  switch (sender) {
    case 'agent':
      return agentOf(known, node);
    case 'other-agent':
      return { role: 'agent', id: 'agent-x' };
    case 'scheduler':
      return claimant?.role === 'scheduler' ? claimant : { role: 'scheduler', id: 'scheduler-1' };
    case 'other-scheduler':
      return { role: 'scheduler', id: 'scheduler-2' };
    case 'operator':
      return OPERATOR;
  }
}

/** The instance of a slot: the newest one that has not ended, or the next one. A late sender names the last one. */
export function instanceOf({ ledger }: Known, slot: number, isLate: boolean): string {
  let generation = 0;
  while (ledger.instances.get(nameOf(slot, generation))?.status === 'ended') {
    generation += 1;
  }
  return nameOf(slot, isLate && generation > 0 ? generation - 1 : generation);
}

const nameOf = (slot: number, generation: number): string => `i${slot}.${generation}`;

export function recordOf({ ledger }: Known, instance: string): HeldRecord | OffloadedRecord | undefined {
  const record = ledger.instances.get(instance);
  return record?.status === 'ended' ? undefined : record;
}

export function claimOf(known: Known, instance: string): Claim | undefined {
  const record = recordOf(known, instance);
  return record?.status === 'held' ? record.claim : undefined;
}

/** The open move of an instance; else the newest closed one, first of those that still hold a side. */
export function moveOf(known: Known, instance: string, isSide: boolean): Move | undefined {
  const open = recordOf(known, instance)?.moveId;
  const moves = [...known.ledger.moves.values()].filter((move) => move.instance === instance).reverse();
  const holding = moves.find((move) => move.other !== undefined && move.id !== open);
  const current = open === undefined ? undefined : known.ledger.moves.get(open);
  return (isSide ? holding : current) ?? current ?? holding ?? moves[0];
}

/** The instances that a sender may have in mind, by what it knows of them; else the one of the slot. */
export function chooseInstance(
  known: Known,
  { slot, slip }: { readonly slot: number; readonly slip: Slip },
  isMeant: (record: HeldRecord | OffloadedRecord) => boolean,
): string {
  const meant = [...known.ledger.instances.values()].filter((record) => record.status !== 'ended' && isMeant(record));
  const chosen = slip === 'other-node' ? undefined : meant[slot % Math.max(1, meant.length)];
  return chosen?.id ?? instanceOf(known, slot, slip === 'other-node');
}

/** The node that takes claims for which this one stands; itself, where none does or it is asked for. */
export function openNode({ ledger }: Known, node: string, slip: Slip, except?: string): string {
  const open = [...ledger.nodes.values()].filter(
    ({ id, status, inventoryStatus }) =>
      id !== except && status.kind === 'enabled' && inventoryStatus.kind === 'reported',
  );
  const place = NODES.indexOf(node);
  return slip === 'other-node' ? node : (open[place % Math.max(1, open.length)]?.id ?? node);
}

export const incarnationOf = ({ ledger }: Known, node: string): number => ledger.nodes.get(node)?.incarnation ?? 1;
