import type { TimelineEntry } from '@fleetbook/contracts';
import { describe, expect, it } from 'vitest';
import { drawTimeline } from './timeline.ts';

type Moves = NonNullable<TimelineEntry['moves']>;

function entry(number: number, states: Readonly<Record<string, Moves[number]['state']>>): TimelineEntry {
  const actor = { role: 'agent', id: 'agent-1' } as const;
  const moves = Object.entries(states).map(([moveId, state]): Moves[number] => ({
    moveId,
    state,
    kind: 'cold',
    instance: moveId,
    source: 'a',
    destination: 'b',
  }));
  return {
    event: {
      ...{ number, at: 0, commandId: 'c', index: 0, count: 1, actor },
      ...{ type: 'NodeEnabled', schemaVersion: 1, data: {} },
    },
    ...(moves.length === 0 ? {} : { moves }),
  };
}

/** The gutter of the spans: what stands left of the number or the text of each line. */
function spansOf(entries: readonly TimelineEntry[]): readonly string[] {
  const lines: string[] = [];
  const drawing = drawTimeline({
    print: (line) => void lines.push(line),
    say: () => undefined,
    readInput: async () => new Uint8Array(),
    isInteractive: false,
    hasColour: false,
    columns: 120,
  });
  entries.forEach(drawing.add);
  return lines.filter((line) => line.includes('NodeEnabled')).map((line) => line.slice(0, 3));
}

describe('a drawn timeline', () => {
  it('gives every open move a span of its own, from its claim to its end', () => {
    const entries = [
      entry(1, { one: 'claimed' }),
      entry(2, {}),
      entry(3, { two: 'claimed' }),
      entry(4, { one: 'running' }),
      entry(5, { one: 'completed' }),
      entry(6, { three: 'claimed' }),
      entry(7, { two: 'cancelled' }),
      entry(8, { three: 'failed' }),
    ];
    expect(spansOf(entries)).toEqual(['┌  ', '│  ', '│┌ ', '├│ ', '└│ ', '┌│ ', '│└ ', '└  ']);
  });

  it('goes on with a move that was open before its first event', () => {
    expect(spansOf([entry(1, { one: 'running' }), entry(2, { one: 'confirmed' })])).toEqual(['├  ', '└  ']);
  });

  it('draws what is charged of each class as a bar', () => {
    const lines: string[] = [];
    const print = (line: string): void => void lines.push(line);
    const terminal = { print, say: print, readInput: async () => new Uint8Array(), isInteractive: false };
    const drawing = drawTimeline({ ...terminal, hasColour: false, columns: 120 });
    drawing.add({ ...entry(1, {}), classes: [{ class: 'VCPU', charged: 8, capacity: 16 }] });
    expect(lines[1]?.trim()).toBe('VCPU █████░░░░░ 8/16');
    drawing.add({ ...entry(2, {}), classes: [] });
    expect(lines[3]?.trim()).toBe('no inventory');
  });

  it('says of a move that it is in error, and of an instance what its release was asked for', () => {
    const lines: string[] = [];
    const print = (line: string): void => void lines.push(line);
    const terminal = { print, say: print, readInput: async () => new Uint8Array(), isInteractive: false };
    const drawing = drawTimeline({ ...terminal, hasColour: false, columns: 120 });
    const failed = { kind: 'live', instance: 'i-1', source: 'a', destination: 'b', state: 'switched' } as const;
    drawing.add({
      ...entry(1, {}),
      moves: [{ ...failed, moveId: 'm-1', isError: true }],
      instance: { status: 'held', node: 'b', becomes: 'offloaded' },
    });
    expect(lines[1]?.slice(3).trim()).toBe('held on b, releasing, to be offloaded');
    expect(lines[2]?.slice(3).trim()).toBe('live of i-1, a -> b: switched, in error');
  });
});
