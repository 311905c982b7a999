import type { ExplainAnswer } from '@fleetbook/contracts';
import { expect, it } from 'vitest';
import { printExplanation } from './explanation.ts';

const RULE = { group: '', class: 'VCPU', rule: 'NO_CAPACITY', requested: 3, capacity: 8, charged: 2 } as const;

/** A part of a batch that would rebuild an instance. */
const REFUSED: ExplainAnswer = {
  outcome: 'refused',
  events: [
    {
      ...{ number: 9, type: 'CommandRejected', schemaVersion: 1, at: 0, commandId: 'batch', index: 0, count: 1 },
      actor: { role: 'agent', id: 'agent-1' },
      data: { code: 'NO_CAPACITY', details: { judgedAt: 8, node: 'n1', part: 1, rules: [{ ...RULE, held: 2 }] } },
    },
  ],
  refusal: { code: 'NO_CAPACITY', message: 'Node n1 has not enough free capacity.', about: 'There is too little.' },
  rules: [{ ...RULE, headroom: 6, largestFree: 6, held: 2 }],
  again: { agrees: true, outcome: 'refused', code: 'NO_CAPACITY' },
  ...{ nodes: [], instances: [], moves: [], holders: [], causes: [], consequences: [], isComplete: true },
};

it('an explanation says which part of a batch was refused, and what a charge to be replaced holds', () => {
  const lines: string[] = [];
  const print = (line: string): void => void lines.push(line);
  const terminal = { print, say: print, readInput: async () => new Uint8Array(), isInteractive: false };
  printExplanation({ ...terminal, hasColour: false, columns: 200 }, REFUSED);
  expect(lines.slice(0, 3)).toEqual([
    'CommandRejected was refused: NO_CAPACITY',
    'Node n1 has not enough free capacity.',
    '  part 1 of the batch, from 0; all figures are those before the batch',
  ]);
  expect(lines.find((line) => line.startsWith('group '))).toContain('of it held by the instance');
});
