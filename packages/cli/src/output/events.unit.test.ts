import type { DecidedEvent, LedgerEvent } from '@fleetbook/domain';
import { describe, expect, it } from 'vitest';
import { eventLine } from './events.ts';

/** Made by the writer itself, or a further event of a decision: without a command of its own. */
const bare = (decided: DecidedEvent): LedgerEvent => ({
  ...{ number: 7, at: 0, commandId: 'c', index: 1, count: 2, actor: { role: 'system', id: 'writer' } },
  ...decided,
});

describe('an event without a command of its own', () => {
  it.each<[string, DecidedEvent]>([
    ['n1: silent', { type: 'InventoryStale', schemaVersion: 1, data: { node: 'n1', sequence: 1, reason: 'silent' } }],
    ['n1 i1', { type: 'ClaimExpired', schemaVersion: 1, data: { node: 'n1', instance: 'i1', claimId: 'c1' } }],
    [
      'i1 m1',
      { type: 'MoveAutoConfirmed', schemaVersion: 1, data: { instance: 'i1', moveId: 'm1', other: 'releasing' } },
    ],
    [
      'n1: release-done i1',
      {
        type: 'DriftHealed',
        schemaVersion: 1,
        data: {
          ...{ node: 'n1', policy: 'heal-safe' },
          healed: [{ kind: 'release-done', instance: 'i1', effect: 'freed', claimId: 'c1' }],
        },
      },
    ],
    [
      'n1: guest-unknown i0, guest-unknown i1, guest-unknown i2, and 1 more',
      {
        type: 'DriftFound',
        schemaVersion: 1,
        data: {
          node: 'n1',
          found: ['i0', 'i1', 'i2', 'i3'].map((instance) => ({ kind: 'guest-unknown', instance, details: {} })),
          cleared: [],
        },
      },
    ],
  ])('names what it is about: %s', (about, decided) => {
    expect(eventLine(bare(decided))).toMatch(new RegExp(`  system writer  ${about}$`));
  });
});
