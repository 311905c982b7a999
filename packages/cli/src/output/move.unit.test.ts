import type { MoveView } from '@fleetbook/contracts';
import { describe, expect, it } from 'vitest';
import { printMove } from './move.ts';

const lineOf = (amount: number) => [{ provider: 'node-1', class: 'VCPU', amount }];

const SIDE = { side: 'destination', node: 'node-1', charge: lineOf(4), state: 'held', since: 0 } as const;

const MOVE: MoveView = {
  ...{ moveId: 'move-1', kind: 'resize', instance: 'i-1', source: 'node-1', destination: 'node-1' },
  ...{ state: 'claimed', since: 0, isOpen: true, isError: false, replace: true, legal: [] },
  ...{ claimant: { role: 'scheduler', id: 'scheduler-1' }, other: SIDE },
};

function shown(move: MoveView): string {
  const lines: string[] = [];
  const quiet = { say: () => undefined, readInput: async () => new Uint8Array() };
  const terminal = { ...quiet, isInteractive: false, hasColour: false, columns: 120 };
  printMove({ ...terminal, print: (line) => void lines.push(line) }, move);
  return lines.join('\n');
}

describe('a move', () => {
  it('shows what its other side is charged', () => {
    expect(shown(MOVE)).toMatch(/also charged +the destination node-1, held\n[\s\S]*VCPU +4/);
  });

  it('shows of a side on the node of the claim only what it adds to that', () => {
    const sharing = shown({ ...MOVE, other: { ...SIDE, counted: lineOf(2) } });
    expect(sharing).toMatch(/also charged +the destination node-1, held: beyond the claim\n[\s\S]*VCPU +2/);
    expect(shown({ ...MOVE, other: { ...SIDE, counted: [] } })).toMatch(/held: nothing beyond the claim$/);
  });

  it('in error is to be reverted only where its kind has a way back', () => {
    const failed = { ...MOVE, state: 'switched', isError: true } as const;
    expect(shown(failed)).toContain('switched, in error: confirm or revert it');
    expect(shown({ ...failed, kind: 'evacuation' })).toContain('switched, in error: confirm it\n');
  });
});
