import type { ClaimStand, DiffAnswer, InstantView } from '@fleetbook/contracts';
import { expect, it } from 'vitest';
import { printDifference } from './diff.ts';

const NONE = { added: 0, removed: 0, changed: 0 };
const INSTANT: InstantView = { token: 'h.1', number: 1, at: 1, proof: 'log' };

const claim = (claimId: string): ClaimStand => ({ claimId, node: 'n-1', status: 'confirmed', charge: [] });

function linesOf(difference: Partial<DiffAnswer>): readonly string[] {
  const lines: string[] = [];
  const answer: DiffAnswer = {
    ...{ from: INSTANT, to: INSTANT, isSame: false, nodes: [], inventory: [], moves: [] },
    counts: { nodes: NONE, inventory: NONE, claims: NONE, moves: NONE },
    claims: [],
    ...difference,
  };
  const quiet = { say: () => undefined, readInput: async () => new Uint8Array() };
  const terminal = { ...quiet, isInteractive: false, hasColour: false, columns: Number.POSITIVE_INFINITY };
  printDifference({ ...terminal, print: (line) => void lines.push(line) }, answer);
  return lines;
}

it('an instance that was shelved is a claim less and one more on the shelf', () => {
  const lines = linesOf({
    counts: {
      nodes: NONE,
      inventory: NONE,
      claims: { ...NONE, removed: 1 },
      shelved: { ...NONE, added: 1 },
      moves: NONE,
    },
    claims: [{ instance: 'i-1', before: claim('c-1') }],
    shelved: [{ instance: 'i-1', after: { claimId: 'c-1', node: 'n-1', tenant: 'team-a' } }],
  });
  expect(lines).toContainEqual(expect.stringMatching(/^claims +1 removed/));
  expect(lines).toContainEqual(expect.stringMatching(/^shelved +1 added/));
  expect(lines.at(-1)).toMatch(/^\+ +i-1 +n-1 +team-a/);
});

it('a claim that was made anew is told by its ids, where nothing else differs', () => {
  const changed = (before: ClaimStand, after: ClaimStand): string | undefined =>
    linesOf({
      counts: { nodes: NONE, inventory: NONE, claims: { ...NONE, changed: 1 }, moves: NONE },
      claims: [{ instance: 'i-1', before, after }],
    }).at(-1);
  expect(changed(claim('c-1'), claim('c-2'))).toMatch(/^~ .*i-1 .*confirmed, claim c-1 -> c-2/);
  expect(changed(claim('c-1'), { ...claim('c-1'), node: 'n-2' })).not.toContain('c-1');
});

const COUNTED = { nodes: NONE, inventory: NONE, claims: NONE, moves: NONE };

it('a node that differs in nothing but its fence, its suitors and the names of its providers says so', () => {
  const stand = { status: 'down', inventoryStatus: 'reported', owner: 'a-1', incarnation: 1, claims: 0 } as const;
  const before = { traits: [], aggregates: ['rack-1'] };
  const providers = [
    { provider: 'n-1', before, after: { traits: ['CUSTOM_FAST'], aggregates: [] } },
    { provider: 'n-1.gpu', before },
  ];
  const after = { ...stand, isFenced: true, transferTo: 'a-2' } as const;
  const line = linesOf({ counts: COUNTED, nodes: [{ node: 'n-1', before: stand, after, classes: [], providers }] }).at(
    -1,
  );
  expect(line).toContain('not fenced -> fenced; may go to none -> a-2; ');
  expect(line).toContain('n-1 traits none -> CUSTOM_FAST, aggregates rack-1 -> none; -n-1.gpu');
  const plain = linesOf({ counts: COUNTED, nodes: [{ node: 'n-1', before: stand, after: stand, classes: [] }] });
  expect(plain.join()).not.toContain('besides');
});

it('an inventory that differs in nothing but its bounds says so, and a move that it is in error', () => {
  const stand = { total: 2, reserved: 0, capacity: 2, isVanished: false, maxUnit: 2, units: ['u0', 'u1'] };
  const after = { ...stand, maxUnit: 1, units: ['u0', 'u2'] };
  const place = { node: 'n-1', provider: 'n-1', class: 'CUSTOM_SLOT' };
  expect(linesOf({ counts: COUNTED, inventory: [{ ...place, before: stand, after }] }).at(-1)).toMatch(
    / at most 2 -> 1, units u0 u1 -> u0 u2$/,
  );
  const move = { kind: 'live', instance: 'i-1', source: 'n-1', destination: 'n-2', state: 'switched' } as const;
  const moves = [{ moveId: 'm-1', before: move, after: { ...move, isError: true } as const }];
  expect(linesOf({ counts: COUNTED, moves }).at(-1)).toContain('switched -> switched, in error');
});
