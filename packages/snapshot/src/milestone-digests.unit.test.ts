import type { LedgerEvent } from '@fleetbook/domain';
import { describe, expect, it } from 'vitest';
import { DIGEST_VERSION } from './format.ts';
import { MilestoneDigests } from './milestone-digests.ts';

const OURS = 'a'.repeat(32);
const THEIRS = 'b'.repeat(32);

function checkpoint(upTo: number, digest: string, digestVersion = DIGEST_VERSION): LedgerEvent {
  return {
    ...{ number: upTo + 3, at: 1, index: 0, count: 1, commandId: 'c', actor: { role: 'system', id: 'tracker' } },
    ...{ type: 'Checkpoint', schemaVersion: 1, data: { upTo, digestVersion, digest } },
  };
}

function revocation(upTo: number): LedgerEvent {
  const origin = { client: 'test', version: '0', host: 'test' };
  return {
    ...{ number: upTo + 9, at: 2, index: 0, count: 1, commandId: 'r', actor: { role: 'operator', id: 'alice' } },
    ...{ command: { type: 'RevokeCheckpoint', origin, upTo, reason: 'wrong' }, commandHash: '', issuedAt: 1 },
    ...{ type: 'CheckpointRevoked', schemaVersion: 1, data: {} },
  };
}

/** A fold that has come to event 8 and gives its digest when it is told to. */
function atMilestone() {
  const milestones = new MilestoneDigests({ strideEvents: 8 });
  let changes = 0;
  milestones.onChange = () => {
    changes += 1;
  };
  const ready = Promise.withResolvers<string>();
  const taken: number[] = [];
  let give = (_digest: string): void => ready.reject(new Error('no digest was asked for'));
  const reach = (before: number, after: number) =>
    milestones.moved(before, after, (onReady) => {
      taken.push(after);
      give = onReady;
    });
  reach(6, 9);
  return { milestones, taken, reach, give: (digest: string) => give(digest), changes: () => changes };
}

describe('the digests of a fold at its milestones', () => {
  it('agree with a checkpoint that comes after the digest is known', () => {
    const { milestones, give } = atMilestone();
    give(OURS);
    milestones.note(checkpoint(9, OURS));
    expect(milestones.agreedUpTo).toBe(9);
    expect(milestones.disagreement).toBeUndefined();
  });

  it('agree with a checkpoint that comes before the digest is known', () => {
    const { milestones, give } = atMilestone();
    milestones.note(checkpoint(9, OURS));
    expect(milestones.agreedUpTo).toBe(0);
    give(OURS);
    expect(milestones.agreedUpTo).toBe(9);
  });

  it('differ where a checkpoint states another one, and say so', () => {
    const { milestones, give, changes } = atMilestone();
    give(OURS);
    const before = changes();
    milestones.note(checkpoint(9, THEIRS));
    expect(milestones.disagreement).toEqual({ upTo: 9, ours: OURS, theirs: THEIRS });
    expect(changes()).toBe(before + 1);
  });

  it('differ no more from a checkpoint that is revoked, before its digest is known or after', () => {
    const late = atMilestone();
    late.give(OURS);
    late.milestones.note(checkpoint(9, THEIRS));
    late.milestones.note(revocation(9));
    const early = atMilestone();
    early.milestones.note(checkpoint(9, THEIRS));
    early.milestones.note(revocation(9));
    early.give(OURS);
    expect([late.milestones.disagreement, early.milestones.disagreement]).toEqual([undefined, undefined]);
    expect(late.milestones.revoked.has(9)).toBe(true);
  });

  it('say nothing of a checkpoint where the fold did not stand, or that counts in another way', () => {
    const { milestones, give } = atMilestone();
    give(OURS);
    milestones.note(checkpoint(8, THEIRS));
    milestones.note(checkpoint(9, THEIRS, DIGEST_VERSION + 1));
    expect(milestones.disagreement).toBeUndefined();
    expect(milestones.agreedUpTo).toBe(0);
  });

  it('are asked for once a milestone is passed, and not while the one before is made', () => {
    const { reach, taken, give } = atMilestone();
    reach(9, 15);
    reach(15, 16);
    give(OURS);
    reach(16, 23);
    reach(23, 25);
    expect(taken).toEqual([9, 25]);
  });

  it('are given up for those of the next milestone while nothing was done for them', () => {
    const { milestones } = atMilestone();
    milestones.note(checkpoint(9, THEIRS));
    let give = (_digest: string): void => undefined;
    milestones.moved(
      15,
      17,
      (onReady) => {
        give = onReady;
      },
      () => true,
    );
    give(OURS);
    expect(milestones.disagreement).toBeUndefined();
    milestones.note(checkpoint(17, OURS));
    expect(milestones.agreedUpTo).toBe(17);
  });

  it('are unstated until a checkpoint of them or of a later milestone is in the log', () => {
    const { milestones, reach, give } = atMilestone();
    expect(milestones.unstated).toBeUndefined();
    give(OURS);
    expect(milestones.unstated).toEqual({ upTo: 9, digest: OURS });
    reach(15, 16);
    give(THEIRS);
    expect(milestones.unstated).toEqual({ upTo: 16, digest: THEIRS });
    milestones.note(checkpoint(16, THEIRS));
    expect(milestones.unstated).toBeUndefined();
  });

  it('begin with that of a saved state', () => {
    const milestones = new MilestoneDigests({ strideEvents: 8, start: { upTo: 9, digest: OURS } });
    expect(milestones.unstated).toEqual({ upTo: 9, digest: OURS });
    milestones.note(checkpoint(9, OURS));
    expect(milestones.agreedUpTo).toBe(9);
  });
});
