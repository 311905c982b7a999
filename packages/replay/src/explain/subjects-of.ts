import type { Ledger, LedgerEvent } from '@fleetbook/domain';
import { nameSubjects } from '@fleetbook/projector/past';

/** What a decision is about, each in the order in which its events name it. */
export interface SubjectsOfDecision {
  readonly nodes: readonly string[];
  readonly instances: readonly string[];
  readonly moves: readonly string[];
}

export function subjectsOf(events: readonly LedgerEvent[], { moves }: Ledger): SubjectsOfDecision {
  const named = { nodes: new Set<string>(), instances: new Set<string>(), moves: new Set<string>() };
  for (const event of events) {
    nameSubjects(event, moves, {
      node: (id) => void named.nodes.add(id),
      instance: (id) => void named.instances.add(id),
      move: (id) => void named.moves.add(id),
    });
    if (event.command?.type === 'ClaimInstance') {
      event.command.alternates?.forEach((id) => void named.nodes.add(id));
    }
  }
  return { nodes: [...named.nodes], instances: [...named.instances], moves: [...named.moves] };
}
