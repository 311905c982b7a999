import type { ClaimStand, DiffAnswer, InstantView } from '@fleetbook/contracts';
import { expect, it } from 'vitest';
import { printDifference } from './diff.ts';

const NONE = { added: 0, removed: 0, changed: 0 };
const INSTANT: InstantView = { token: 'h.1', number: 1, at: 1, proof: 'log' };

const claim = (claimId: string): ClaimStand => ({ claimId, node: 'n-1', status: 'confirmed', charge: [] });

function linesOf(before: ClaimStand, after: ClaimStand): readonly string[] {
  const lines: string[] = [];
  const answer: DiffAnswer = {
    ...{ from: INSTANT, to: INSTANT, isSame: false, nodes: [], inventory: [], moves: [] },
    counts: { nodes: NONE, inventory: NONE, claims: { ...NONE, changed: 1 }, moves: NONE },
    claims: [{ instance: 'i-1', before, after }],
  };
  const quiet = { say: () => undefined, readInput: async () => new Uint8Array() };
  const terminal = { ...quiet, isInteractive: false, hasColour: false, columns: Number.POSITIVE_INFINITY };
  printDifference({ ...terminal, print: (line) => void lines.push(line) }, answer);
  return lines;
}

it('a claim that was made anew is told by its ids, where nothing else differs', () => {
  expect(linesOf(claim('c-1'), claim('c-2')).at(-1)).toMatch(/^~ .*i-1 .*confirmed, claim c-1 -> c-2/);
  expect(linesOf(claim('c-1'), { ...claim('c-1'), node: 'n-2' }).at(-1)).not.toContain('c-1');
});
