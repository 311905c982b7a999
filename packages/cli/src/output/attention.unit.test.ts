import type { AttentionItem } from '@fleetbook/contracts';
import { expect, it } from 'vitest';
import { printAttention } from './attention.ts';

const SINCE = { node: 'n1', instance: 'i1', since: 0 };
const MOVE = { ...SINCE, moveId: 'm1', state: 'switched' } as const;
const RELEASE = { ...SINCE, kind: 'releasing', requestedBy: { role: 'operator', id: 'ann' } } as const;

it.each<readonly [AttentionItem, string]>([
  [{ ...RELEASE, claimId: 'c1', becomes: 'ended' }, 'drop i1, as the agent of the node'],
  [{ ...RELEASE, claimId: 'c1', becomes: 'offloaded' }, 'instance offload i1, as the agent of the node'],
  [{ ...RELEASE, moveId: 'm1' }, 'move drop m1, as the agent of the node'],
  [{ ...MOVE, kind: 'move-error', moveKind: 'cold' }, 'move confirm or move revert m1'],
  [{ ...MOVE, kind: 'move-error', moveKind: 'live' }, 'move confirm m1'],
  [{ ...MOVE, kind: 'move-error', moveKind: 'evacuation' }, 'move confirm m1'],
])('%j is met by what the ledger would take: %s', (item, advice) => {
  const lines: string[] = [];
  const terminal = { say: () => undefined, readInput: async () => new Uint8Array(), isInteractive: false };
  printAttention({ ...terminal, print: (line) => void lines.push(line), hasColour: false, columns: 200 }, [item]);
  expect(lines[1]?.trimEnd().endsWith(`  ${advice}`)).toBe(true);
});
