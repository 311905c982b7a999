import { describe, expect, it } from 'vitest';
import { canonicalRecords, recordDifference } from '../canonical.ts';
import type { DecidedEvent, LedgerEvent } from '../event.ts';
import { emptyLedger, type Ledger } from '../ledger.ts';
import { apply } from './evolve.ts';
import { MAX_PARKED } from './evolve-inbox.ts';
import { revert } from './install.ts';

function ledgerOf(...decided: readonly DecidedEvent[]): Ledger {
  const ledger = emptyLedger();
  const created: DecidedEvent = {
    type: 'LedgerCreated',
    schemaVersion: 1,
    data: { cell: 'main', historyId: 'h-1', formatVersion: 1 },
  };
  [created, ...decided].forEach((event, index) => void apply(ledger, place(event, index + 1)));
  return ledger;
}

function place(event: DecidedEvent, number: number): LedgerEvent {
  const actor = { role: 'system', id: 'writer-1' } as const;
  return { ...event, number, at: number * 1_000, commandId: `c-${number}`, index: 0, count: 1, actor };
}

const passed = (sequence: number): DecidedEvent => ({
  ...{ type: 'InboxPassed', schemaVersion: 1 },
  data: { sequence, outcome: 'unchanged' },
});

const parked = (sequence: number): DecidedEvent => ({
  ...{ type: 'InboxParked', schemaVersion: 1 },
  data: { sequence, code: 'MALFORMED_JSON', reason: 'no JSON' },
});

const retried = (sequence: number): DecidedEvent => ({ type: 'InboxRetried', schemaVersion: 1, data: { sequence } });

const discarded = (sequence: number): DecidedEvent => ({
  type: 'InboxDiscarded',
  schemaVersion: 1,
  data: { sequence },
});

describe('the inbox in the ledger', () => {
  it('is not there, nor in the digest, until a message was dealt with', () => {
    const ledger = ledgerOf();
    expect(ledger.cell?.inbox).toBeUndefined();
    expect([...canonicalRecords(ledger)]).toEqual(['["cell","main","h-1",0]']);
  });

  it('stands behind the last message that was dealt with, whatever became of it', () => {
    expect(ledgerOf(passed(4), parked(5), passed(9)).cell?.inbox).toEqual({
      upTo: 9,
      parked: [{ sequence: 5, code: 'MALFORMED_JSON', reason: 'no JSON', since: 3_000 }],
    });
  });

  it('keeps a parked message until it is discarded, or dealt with after a retry', () => {
    const again = ledgerOf(parked(5), parked(6), passed(7), retried(6));
    expect(again.cell?.inbox?.parked.map(({ sequence, isRetried }) => [sequence, isRetried])).toEqual([
      [5, undefined],
      [6, true],
    ]);
    apply(again, place(passed(6), 9));
    apply(again, place(discarded(5), 10));
    expect(again.cell?.inbox).toEqual({ upTo: 7, parked: [] });
  });

  it('parks a retried message anew when it fails again', () => {
    const again = ledgerOf(parked(5), retried(5), parked(5));
    const message = { sequence: 5, code: 'MALFORMED_JSON', reason: 'no JSON', since: 4_000 };
    expect(again.cell?.inbox?.parked).toEqual([message]);
  });

  it.each([
    ['passed twice', [passed(5), passed(5)]],
    ['passed after a later one', [passed(5), passed(4)]],
    ['discarded without having been parked', [passed(5), discarded(5)]],
    ['retried without having been parked', [passed(5), retried(5)]],
  ])('takes a message that is %s for damage', (_what, events) => {
    expect(() => ledgerOf(...events)).toThrow(/message \d of the inbox/);
  });

  it('lets the oldest parked message go when there are too many', () => {
    const many = Array.from({ length: MAX_PARKED + 1 }, (_, index) => parked(index + 1));
    const { parked: kept = [] } = ledgerOf(...many).cell?.inbox ?? {};
    expect([kept.length, kept[0]?.sequence]).toEqual([MAX_PARKED, 2]);
  });

  it('tells a digest every record that changes, and no parked message that stays', () => {
    const ledger = ledgerOf(parked(1));
    const before = new Set(canonicalRecords(ledger));
    const changes = apply(ledger, place(passed(2), 5));
    const after = new Set(canonicalRecords(ledger));
    const [difference] = changes.map(recordDifference);
    for (const record of difference?.removed ?? []) before.delete(record);
    for (const record of difference?.added ?? []) before.add(record);
    expect(before).toEqual(after);
    expect(difference?.added.some((record) => record.startsWith('["parked"'))).toBe(false);
    revert(ledger, changes);
    expect(ledger.cell?.inbox?.upTo).toBe(1);
  });
});
