import type { Change, Command, Instance, Ledger, Move } from '@fleetbook/domain';

/** Ids of the nodes that a decision concerns: those where it changed something, else those that its command names. */
export function nodesConcerned(
  ledger: Ledger,
  command: Command | undefined,
  changes: readonly Change[],
): readonly string[] {
  const changed = distinct(changes.flatMap(nodesOfChange));
  return changed.length > 0 || command === undefined ? changed : distinct(nodesNamed(ledger, command));
}

function nodesOfChange(change: Change): readonly string[] {
  switch (change.table) {
    case 'cell':
      return [];
    case 'nodes':
      return [change.key];
    case 'instances':
      return [...nodesOfInstance(change.before), ...nodesOfInstance(change.after)];
    case 'moves':
      return nodesOfMove(change.after ?? change.before);
  }
}

function nodesOfInstance(instance: Instance | undefined): readonly string[] {
  return instance?.status === 'held' ? [instance.claim.node] : [];
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
