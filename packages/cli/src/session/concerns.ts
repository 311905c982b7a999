import { type Command, type LedgerEvent, partsOfBatch } from '@fleetbook/domain';

/** What an event is about. */
export interface Concerned {
  readonly nodes: ReadonlySet<string>;
  readonly instances: ReadonlySet<string>;
}

interface MovePlaces {
  readonly source?: string;
  readonly destination: string;
}

/**
 * Tells which nodes and instances each event of a log is about. Most commands of a move do not name its nodes: every
 * event has to be shown, from the first one on, or the moves that there were before them.
 */
export function createConcerns(before: Iterable<[string, MovePlaces]> = []): (event: LedgerEvent) => Concerned {
  const moves = new Map(before);

  function collect(event: LedgerEvent, nodes: Set<string>, instances: Set<string>): void {
    if (event.type === 'MoveClaimed' && event.command?.type === 'ClaimMove') {
      moves.set(event.commandId, event.command);
    }
    const named: readonly unknown[] = [event.command ?? {}, event.data];
    for (const part of named) {
      addText(nodes, part, 'node', 'source', 'destination');
      addText(instances, part, 'instance');
      const move = moves.get(textAt(part, 'moveId') ?? '');
      addText(nodes, move ?? {}, 'source', 'destination');
    }
    if (event.type === 'DriftFound' || event.type === 'DriftHealed') {
      const drifts = event.type === 'DriftFound' ? [...event.data.found, ...event.data.cleared] : event.data.healed;
      drifts.forEach(({ instance }) => void instances.add(instance));
    }
    commandsIn(event).forEach((part) => void collect(part, nodes, instances));
  }

  return (event) => {
    const nodes = new Set<string>();
    const instances = new Set<string>();
    collect(event, nodes, instances);
    return { nodes, instances };
  };
}

/** The events that the parts of a batch stand for; of a refused batch its commands alone. */
function commandsIn(event: LedgerEvent): readonly LedgerEvent[] {
  if (event.type === 'AtomicBatchApplied') {
    return partsOfBatch(event);
  }
  const { command } = event;
  return command?.type === 'AtomicBatch'
    ? command.commands.map((part): LedgerEvent => ({ ...event, command: part satisfies Command }))
    : [];
}

function addText(found: Set<string>, value: unknown, ...names: readonly string[]): void {
  for (const name of names) {
    const text = textAt(value, name);
    if (text !== undefined) {
      found.add(text);
    }
  }
}

function textAt(value: unknown, name: string): string | undefined {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return typeof found === 'string' ? found : undefined;
}
