import { describe, expect, it } from 'vitest';
import type { AtomicBatch, BatchPart } from '../command.ts';
import { isNewClaim, isRelease, NEW_CLAIMS, RELEASES } from './releases.ts';

const origin = { client: 'test', version: '0', host: 'here' };
const claimed = { origin, node: 'n', instance: 'i', claimId: 'c' } as const;
const drop: BatchPart = { type: 'DropInstance', ...claimed };
const confirm: BatchPart = { type: 'ConfirmClaim', ...claimed };
const claim: BatchPart = { type: 'ClaimInstance', origin, node: 'n', instance: 'j', request: { resources: { A: 1 } } };
const batch = (...commands: readonly BatchPart[]): AtomicBatch => ({ type: 'AtomicBatch', origin, commands });

describe('what the tables of states say of a command', () => {
  it('calls a release what can only let go', () => {
    expect([...RELEASES].sort()).toEqual([
      ...['AbortClaim', 'CancelMove', 'ConfirmMove', 'DropInstance', 'DropMoveClaim', 'FailMove', 'ForceDrop'],
      ...['RevertMove', 'ShelveOffload'],
    ]);
  });

  it('calls a new claim what charges what was not charged', () => {
    expect(NEW_CLAIMS).toEqual(['ClaimInstance', 'ClaimMove']);
  });

  it('calls an atomic batch a release when all of it is, and a new claim when any of it is', () => {
    expect([batch(drop), batch(drop, confirm), batch(drop, claim)].map(isRelease)).toEqual([true, false, false]);
    expect([batch(drop), batch(confirm), batch(drop, claim)].map(isNewClaim)).toEqual([false, false, true]);
    expect([drop, claim].map(isRelease)).toEqual([true, false]);
  });
});
