import type { ExplainAnswer, ExplainedLink } from '@fleetbook/contracts';
import type { LedgerEvent } from '@fleetbook/domain';
import { describe, expect, it } from 'vitest';
import { mermaidOf } from './explain-mermaid.ts';

const actor = { role: 'agent', id: 'a' } as const;

function link(number: number, relation: ExplainedLink['relation'], of: string): ExplainedLink {
  return { number, at: 0, type: 'InstanceClaimed', commandId: `c-${number}`, actor, relation, of };
}

describe('an explanation as a flowchart', () => {
  it('chains what leads through the same subject to the decision, and on from it', () => {
    const event: LedgerEvent = {
      ...{ number: 9, at: 0, commandId: 'say "9"', index: 0, count: 1, actor },
      ...{ type: 'NodeEnabled', schemaVersion: 1, data: {} },
    };
    const answer: ExplainAnswer = {
      outcome: 'accepted',
      events: [event],
      ...{ rules: [], again: {}, nodes: [], instances: [], moves: [], holders: [], isComplete: true },
      causes: [link(1, 'ledger', 'main'), link(3, 'instance', 'i'), link(5, 'instance', 'i')],
      consequences: [link(11, 'move', 'm')],
    };
    const lines = mermaidOf(answer);
    expect(lines[0]).toBe('flowchart TD');
    expect(lines).toContain('  e9(["#35;9 NodeEnabled<br>say #34;9#34;"])');
    expect(lines.filter((line) => line.includes('-->'))).toEqual([
      '  e1 --> e9',
      '  e3 --> e5',
      '  e5 --> e9',
      '  e9 --> e11',
    ]);
  });
});
