import { describe, expect, it } from 'vitest';
import { openNode, tableOf } from '../testing/node-tables.ts';

const fleet = Array.from({ length: 64 }, (_unused, place) => openNode(`n${place}`, []));

/** Changes every node once, ahead of a scan; how many rows were written. */
function changeAhead({ table, put }: ReturnType<typeof tableOf>): number {
  let written = 0;
  for (const node of fleet) {
    const changed = { ...node };
    put(changed);
    table.refreshAhead();
    written += table.records.includes(changed) ? 1 : 0;
  }
  return written;
}

describe('the table of nodes', () => {
  it('is brought up to date ahead of a scan, until nobody has scanned for long', () => {
    const made = tableOf(fleet);
    made.table.refresh();
    let rounds = 0;
    while (changeAhead(made) === fleet.length) {
      rounds += 1;
    }
    expect(rounds).toBe(32);
    expect(changeAhead(made)).toBe(0);
    made.table.refresh();
    expect(changeAhead(made)).toBe(fleet.length);
  });

  it('is brought up to date ahead of a scan little by little after a long read', () => {
    const many = Array.from({ length: 1_000 }, (_unused, place) => openNode(`n${place}`, []));
    const { table } = tableOf(many);
    table.refreshAhead();
    expect(table.nodeCount).toBe(256);
    table.refresh();
    expect(table.nodeCount).toBe(1_000);
  });
});
