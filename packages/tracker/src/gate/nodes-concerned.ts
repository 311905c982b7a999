import type { Change, Command, Instance, Ledger, Move } from '@fleetbook/domain';

/** Ids of the nodes that a decision concerns: those where it changed something, else those that its command names. */
export function nodesConcerned(
  ledger: Ledger,
  command: Command | undefined,
  changes: readonly Change[],
): readonly string[] {
  const changed = distinct(nodesOfChanges(changes));
  return changed.length > 0 || command === undefined ? changed : distinct(nodesNamed(ledger, command));
}

function nodesOfChanges(changes: readonly Change[]): readonly string[] {
  const nodes: string[] = [];
  for (const change of changes) {
    addNodesOfChange(change, nodes);
  }
  return nodes;
}

function addNodesOfChange(change: Change, nodes: string[]): void {
  switch (change.table) {
    case 'cell':
      return;
    case 'nodes':
      nodes.push(change.key);
      return;
    case 'instances':
      addNodeOfInstance(change.before, nodes);
      addNodeOfInstance(change.after, nodes);
      return;
    case 'moves':
      nodes.push(...nodesOfMove(change.after ?? change.before));
  }
}

function addNodeOfInstance(instance: Instance | undefined, nodes: string[]): void {
  if (instance?.status === 'held') {
    nodes.push(instance.claim.node);
  }
}

function nodesOfMove(move: Pick<Move, 'source' | 'destination'> | undefined): readonly string[] {
  if (move === undefined) {
    return [];
  }
  return move.source === undefined ? [move.destination] : [move.source, move.destination];
}

function nodesNamed(ledger: Ledger, command: Command): readonly string[] {
  if ('node' in command) {
    return [command.node];
  }
  if (command.type === 'RevokeCheckpoint') {
    return [];
  }
  if (command.type === 'AtomicBatch') {
    return command.commands.flatMap((part) => nodesNamed(ledger, part));
  }
  return nodesOfMove(command.type === 'ClaimMove' ? command : ledger.moves.get(command.moveId));
}

function distinct(nodes: readonly string[]): readonly string[] {
  return nodes.every((node) => node === nodes[0]) ? nodes.slice(0, 1) : [...new Set(nodes)];
}
