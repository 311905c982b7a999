import type { InstanceAnswer } from '@fleetbook/contracts';
import { expect, it } from 'vitest';
import { printInstance } from './instance.ts';

it('an instance shows its groups, and how many of one a node may hold', () => {
  const lines: string[] = [];
  const quiet = { say: () => undefined, readInput: async () => new Uint8Array() };
  const terminal = { ...quiet, isInteractive: false, hasColour: false, columns: 120 };
  const answer: InstanceAnswer = {
    ...{ instance: 'i-1', status: 'offloaded', claimId: 'claim-1', node: 'node-1' },
    groups: [
      { id: 'web', rule: 'anti-affinity', maxPerNode: 2 },
      { id: 'db', rule: 'affinity' },
    ],
  };
  printInstance({ ...terminal, print: (line) => void lines.push(line) }, answer);
  expect(lines.join('\n')).toMatch(/groups +web anti-affinity \(at most 2 per node\), db affinity$/);
});
