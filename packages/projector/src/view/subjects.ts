import {
  type BatchPart,
  type Change,
  type Command,
  type LedgerEvent,
  type Move,
  partId,
  partsOfBatch,
} from '@fleetbook/domain';

/** Takes the ids of what an event is about. The same id may come several times. */
export interface Subjects {
  node(id: string): void;
  instance(id: string): void;
  move(id: string): void;
}

/**
 * What an event names: in its command, refused or not, and in its data. A move stands for its nodes as well. What
 * else an event changes, such as the instances freed with a fenced node, only its changes tell.
 */
export function nameSubjects(event: LedgerEvent, moves: ReadonlyMap<string, Move>, subjects: Subjects): void {
  if (event.command !== undefined) {
    nameOfCommand(event.command, event.commandId, moves, subjects);
  }
  nameOfData(event, moves, subjects);
}

function nameNodesOf(move: Pick<Move, 'source' | 'destination'>, subjects: Pick<Subjects, 'node'>): void {
  subjects.node(move.destination);
  if (move.source !== undefined) {
    subjects.node(move.source);
  }
}

/** The record that a change replaces; a move stands for its nodes as well. */
export function nameChange(change: Change, subjects: Subjects): void {
  switch (change.table) {
    case 'cell':
      return;
    case 'nodes':
      subjects.node(change.key);
      return;
    case 'instances':
      subjects.instance(change.key);
      return;
    case 'moves':
      subjects.move(change.key);
      if (change.after !== undefined) {
        nameNodesOf(change.after, subjects);
      }
  }
}

function nameOfCommand(
  command: Command | BatchPart,
  commandId: string,
  moves: ReadonlyMap<string, Move>,
  subjects: Subjects,
): void {
  if (command.type === 'AtomicBatch') {
    for (const [place, part] of command.commands.entries()) {
      nameOfCommand(part, partId(commandId, place), moves, subjects);
    }
    return;
  }
  if ('node' in command) {
    subjects.node(command.node);
  }
  if ('instance' in command) {
    subjects.instance(command.instance);
  }
  if (command.type === 'ClaimMove') {
    subjects.move(commandId);
    nameNodesOf(command, subjects);
  } else if ('moveId' in command && command.moveId !== undefined) {
    nameMove(command.moveId, moves, subjects);
  }
}

function nameMove(id: string, moves: ReadonlyMap<string, Move>, subjects: Subjects): void {
  subjects.move(id);
  const move = moves.get(id);
  if (move !== undefined) {
    nameNodesOf(move, subjects);
  }
}

function nameOfData(event: LedgerEvent, moves: ReadonlyMap<string, Move>, subjects: Subjects): void {
  switch (event.type) {
    case 'AtomicBatchApplied':
      for (const part of partsOfBatch(event)) {
        nameOfData(part, moves, subjects);
      }
      return;
    case 'InventoryStale':
    case 'GuestReportReceived':
      subjects.node(event.data.node);
      return;
    case 'ClaimExpired':
      subjects.node(event.data.node);
      subjects.instance(event.data.instance);
      return;
    case 'MoveAutoConfirmed':
      subjects.instance(event.data.instance);
      nameMove(event.data.moveId, moves, subjects);
      return;
    case 'DriftFound':
      subjects.node(event.data.node);
      nameInstances([...event.data.found, ...event.data.cleared], moves, subjects);
      return;
    case 'DriftHealed':
      subjects.node(event.data.node);
      nameInstances(event.data.healed, moves, subjects);
      return;
    case 'DropRequested':
    case 'InstanceDropped':
    case 'InstanceForceDropped':
      if (event.data.move !== undefined) {
        nameMove(event.data.move.moveId, moves, subjects);
      }
      return;
    default:
  }
}

function nameInstances(
  drifts: readonly { readonly instance: string; readonly moveId?: string }[],
  moves: ReadonlyMap<string, Move>,
  subjects: Subjects,
): void {
  for (const { instance, moveId } of drifts) {
    subjects.instance(instance);
    if (moveId !== undefined) {
      nameMove(moveId, moves, subjects);
    }
  }
}
