import type { CommandMessage } from '@fleetbook/domain';

/**
 * 64 bits that stand for (role, actor, command id); two commands may share them, so a match is always checked.
 * `low` and the upper half of `high` stand for the command id alone, whoever sent it; the lower half of `high` for the
 * actor besides.
 */
export interface CommandKey {
  /** Unsigned 32-bit integers. */
  readonly high: number;
  readonly low: number;
}

/** The bits of `high` that stand for the command id. */
export const ID_BITS = 0xffff_0000;

export type KeyOf = (message: Pick<CommandMessage, 'actor' | 'commandId'>) => CommandKey;

/** The keys of one table of outcomes: saved outcomes are of no use without their seed. */
export interface CommandKeys {
  readonly seed: number;
  readonly keyOf: KeyOf;
}

/**
 * A cheap hash, not a cryptographic one.
 * @param seed 32-bit integer, drawn per process: senders cannot aim for collisions they do not know.
 */
export function createKeyHash(seed: number): CommandKeys {
  const keyOf: KeyOf = ({ actor, commandId }) => {
    const ofId = hashText(seed, commandId);
    // A space is in no role and in no id, so different pairs never give the same text.
    const ofActor = hashText(ofId.high, `${actor.role} ${actor.id}`);
    return { high: ((ofId.high & ID_BITS) | (ofActor.low & ~ID_BITS)) >>> 0, low: ofId.low };
  };
  return { seed, keyOf };
}

function hashText(seed: number, text: string): CommandKey {
  let high = seed | 0;
  let low = ~seed;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    high = Math.imul(high ^ unit, 0x9e3779b1);
    low = Math.imul(low ^ unit, 0x01000193) + (high >>> 17);
  }
  return { high: avalanche(high ^ (low >>> 15)), low: avalanche(low + Math.imul(high, 0x27d4eb2f)) };
}

/** Spreads every input bit over the whole word: the table takes its slots from the low bits. */
function avalanche(word: number): number {
  let mixed = word ^ (word >>> 16);
  mixed = Math.imul(mixed, 0x7feb352d);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x846ca68b);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
