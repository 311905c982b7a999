import { describe, expect, it } from 'vitest';
import { createKeyHash } from './command-key.ts';
import { OutcomeTable } from './outcome-table.ts';

const { keyOf } = createKeyHash(1);
const key = (id: number) => keyOf({ actor: { role: 'agent', id: 'a' }, commandId: `command-${id}` });

describe('outcome table', () => {
  it('finds what was added and nothing else', () => {
    const table = new OutcomeTable();
    for (let id = 1; id <= 50_000; id += 1) {
      table.add(key(id), { number: id, time: id });
    }
    for (let id = 1; id <= 50_000; id += 997) {
      expect(table.find(key(id))).toEqual([id]);
    }
    expect(table.find(key(50_001))).toEqual([]);
    expect(table.size).toBe(50_000);
  });

  it('takes at most 40 bytes an entry once it is well filled, also after millions have come and gone', () => {
    const table = new OutcomeTable();
    for (let id = 1; id <= 400_000; id += 1) {
      table.add(key(id), { number: id, time: id });
      table.forgetBefore(id - 190_000);
    }
    expect(table.size).toBe(190_001);
    expect(table.bytes / table.size).toBeLessThanOrEqual(40);
    expect(table.oldestNumber).toBe(210_000);
  });

  it('keeps an outcome whose time is ahead, and those after it, until its time is behind the horizon', () => {
    const table = new OutcomeTable();
    table.add(key(1), { number: 1, time: 150 });
    table.add(key(2), { number: 2, time: 100 });
    table.forgetBefore(150);
    expect([table.find(key(1)), table.find(key(2))]).toEqual([[1], [2]]);
    table.forgetBefore(151);
    expect([table.find(key(1)), table.find(key(2)), table.oldestNumber]).toEqual([[], [], undefined]);
  });

  it('gives every decision kept under one key', () => {
    const table = new OutcomeTable();
    const same = { high: 3, low: 3 };
    table.add(same, { number: 1, time: 1 });
    table.add({ high: 4, low: 3 }, { number: 2, time: 2 });
    table.add(same, { number: 3, time: 3 });
    expect([...table.find(same)].sort()).toEqual([1, 3]);
  });
});

describe('a command id of several actors', () => {
  const sent = (id: string, commandId: string) => keyOf({ actor: { role: 'agent', id }, commandId });

  it('is found for one of them, and for all of them', () => {
    const table = new OutcomeTable();
    table.add(sent('a', 'c'), { number: 1, time: 1 });
    table.add(sent('a', 'd'), { number: 2, time: 2 });
    table.add(sent('b', 'c'), { number: 3, time: 3 });
    expect([table.find(sent('a', 'c')), table.find(sent('b', 'c')), table.find(sent('z', 'c'))]).toEqual([
      [1],
      [3],
      [],
    ]);
    expect([...table.findId(sent('z', 'c'))].sort()).toEqual([1, 3]);
    expect(table.findId(sent('z', 'e'))).toEqual([]);
  });
});

describe('command key', () => {
  it('differs for another role, actor or command id', () => {
    const keys = [
      keyOf({ actor: { role: 'agent', id: 'a' }, commandId: 'c' }),
      keyOf({ actor: { role: 'scheduler', id: 'a' }, commandId: 'c' }),
      keyOf({ actor: { role: 'agent', id: 'b' }, commandId: 'c' }),
      keyOf({ actor: { role: 'agent', id: 'a' }, commandId: 'd' }),
    ];
    expect(new Set(keys.map(({ high, low }) => `${high} ${low}`)).size).toBe(4);
  });

  it('has no collision among 200,000 ids that differ in few places', () => {
    const seen = new Set<number>();
    for (let id = 0; id < 200_000; id += 1) {
      const { high, low } = key(id);
      seen.add((high % 0x20_0000) * 0x1_0000_0000 + low);
    }
    expect(seen.size).toBe(200_000);
  });
});
