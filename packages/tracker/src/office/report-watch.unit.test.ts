import type { Clock } from '@fleetbook/operations';
import { describe, expect, it } from 'vitest';
import { ReportWatch } from './report-watch.ts';

const START_MS = 5_000;

function startWatch(nodes: readonly string[]) {
  const time = { ms: START_MS };
  const clock: Clock = { now: () => 0, monotonicMs: () => time.ms };
  return { time, watch: new ReportWatch(clock, nodes) };
}

describe('report watch', () => {
  it('counts from its own beginning for nodes it has not heard', () => {
    const { time, watch } = startWatch(['a', 'b']);
    time.ms += 100;
    const at = 1_000_000;
    expect([...watch.unheardBefore(at)(at - 101)]).toEqual([]);
    expect([...watch.unheardBefore(at)(at - 100)]).toEqual(['a', 'b']);
  });

  it('gives those unheard since a time, the longest ago first', () => {
    const { time, watch } = startWatch(['a', 'b', 'c']);
    for (const node of ['b', 'd', 'a', 'b']) {
      time.ms += 10;
      watch.note({ node, incarnation: 1, sequence: 1 });
    }
    const at = 1_000_000;
    expect([...watch.unheardBefore(at)(at - 11)]).toEqual(['c', 'd']);
    expect([...watch.unheardBefore(at)(at - 10)]).toEqual(['c', 'd', 'a']);
    expect([...watch.unheardBefore(at)(at)]).toEqual(['c', 'd', 'a', 'b']);
  });

  it('knows the highest sequence that was heard of an incarnation', () => {
    const { watch } = startWatch(['a']);
    expect(watch.newestOf({ node: 'a', incarnation: 1 })).toBe(0);
    for (const sequence of [3, 2]) {
      watch.note({ node: 'a', incarnation: 1, sequence });
    }
    expect(watch.newestOf({ node: 'a', incarnation: 1 })).toBe(3);
    watch.note({ node: 'a', incarnation: 2, sequence: 1 });
    expect(watch.newestOf({ node: 'a', incarnation: 2 })).toBe(1);
    expect(watch.newestOf({ node: 'a', incarnation: 1 })).toBe(0);
  });

  it('looks at no node that was heard since', () => {
    const { time, watch } = startWatch(Array.from({ length: 1_000 }, (_, place) => `node-${place}`));
    time.ms += 10;
    watch.note({ node: 'node-7', incarnation: 1, sequence: 1 });
    let looked = 0;
    for (const _node of watch.unheardBefore(100)(89)) {
      looked += 1;
    }
    expect(looked).toBe(0);
    const [first] = watch.unheardBefore(100)(90);
    expect(first).toBe('node-0');
  });
});
