import { type OutgoingReply, writeClaimReply } from '@fleetbook/contracts';
import { describe, expect, it } from 'vitest';
import { encodeBatchWithin, encodeReplyWithin } from './encode-replies.ts';

const TOKEN = 'b704c204-7de5-49cd-8ba0-a2d2cd4c9932.6';

function registered(commandId: string, held: number, sides = 0): OutgoingReply {
  return {
    ...{ outcome: 'accepted', commandId, token: TOKEN, at: 1 },
    result: {
      ...{ type: 'RegisterNode', node: 'node-1', incarnation: 2 },
      held: Array.from({ length: held }, (_, place) => ({ instance: `vm-${place}`, claimId: `claim-${place}` })),
      sides: Array.from({ length: sides }, (_, place) => ({
        ...{ instance: `left-${place}`, moveId: `move-${place}`, kind: 'evacuation', moveState: 'completed' },
        ...{ side: 'source', state: 'left-behind' },
      })),
    },
  };
}

const claimed = (commandId: string, characters: number): OutgoingReply =>
  writeClaimReply(
    { commandId, token: TOKEN, at: 1, instance: 'vm-1' },
    JSON.stringify({ node: 'node-1', charge: [{ provider: 'p'.repeat(characters), class: 'VCPU', amount: 1 }] }),
  );

const parsed = (payload: Uint8Array) => JSON.parse(Buffer.from(payload).toString());

describe('a reply that is longer than a message may be', () => {
  it('is the same as ever while it fits', () => {
    const reply = registered('register', 100, 10);
    const whole = Buffer.from(JSON.stringify(reply));
    expect(Buffer.from(encodeReplyWithin(reply, whole.length))).toEqual(whole);
  });

  it('lists what there is room for, what is to be destroyed first, and says how much it leaves out', () => {
    const reply = registered('register', 100, 10);
    const payload = encodeReplyWithin(reply, 3_000);
    expect(payload.byteLength).toBeLessThanOrEqual(3_000);
    const { outcome, result } = parsed(payload);
    expect([outcome, result.incarnation, result.sides.length]).toEqual(['accepted', 2, 10]);
    expect(result.held.length).toBeGreaterThan(10);
    expect(result.more).toEqual({ held: 100 - result.held.length, sides: 0 });
  });

  it('leaves the short replies of a batch as they are', () => {
    const replies = [registered('one', 3), registered('many', 500), claimed('claim', 10)];
    const payload = encodeBatchWithin(replies, 4_000);
    expect(payload.byteLength).toBeLessThanOrEqual(4_000);
    const { outcomes } = parsed(payload);
    expect(outcomes.map(({ commandId }: { commandId: string }) => commandId)).toEqual(['one', 'many', 'claim']);
    expect(outcomes[0].result.held).toHaveLength(3);
    expect(outcomes[1].result.held.length).toBeGreaterThan(30);
    expect(outcomes[2].result.charge).toHaveLength(1);
  });

  it('never says of a command that was recorded that it was not', () => {
    const replies = [claimed('short', 10), claimed('long', 5_000)];
    const { outcomes } = parsed(encodeBatchWithin(replies, 2_000));
    expect(outcomes).toMatchObject([
      { outcome: 'accepted', commandId: 'short' },
      { outcome: 'error', commandId: 'long', error: { code: 'OUTCOME_UNKNOWN', retry: 'same-id' } },
    ]);
  });
});
