import { createHash } from 'node:crypto';
import type { HighWaterMark } from '@fleetbook/contracts';
import { z } from 'zod';

/** One saved mark; of two that are whole, the one with the higher sequence was saved later. */
export interface Slot {
  readonly sequence: number;
  readonly mark: HighWaterMark;
}

/** Always as long, so that a save never changes the size of the file. */
const SLOT_BYTES = 1_024;

const SLOT = /^(\{.*)"sha256":"([0-9a-f]{64})"\}\n *\n$/;

const slotSchema = z.object({
  file: z.literal('fleetbook-high-water-mark'),
  version: z.literal(1),
  sequence: z.int().positive(),
  historyId: z.string().min(1).max(253),
  number: z.int().positive(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});

export function encodeSlot({ sequence, mark: { historyId, number, hash } }: Slot): Uint8Array {
  const facts = { file: 'fleetbook-high-water-mark', version: 1, sequence, historyId, number, hash };
  const open = `${JSON.stringify(facts).slice(0, -1)},`;
  const line = `${open}"sha256":"${sumOf(open)}"}\n`;
  return Buffer.from(`${line.padEnd(SLOT_BYTES - 1)}\n`);
}

/** Undefined unless the checksum vouches for every byte. */
export function decodeSlot(bytes: Uint8Array): Slot | undefined {
  const [, open = '', sum] = SLOT.exec(Buffer.from(bytes).toString('latin1')) ?? [];
  if (bytes.length !== SLOT_BYTES || sum === undefined || sumOf(open) !== sum) {
    return undefined;
  }
  const parsed = slotSchema.safeParse(JSON.parse(`${open.slice(0, -1)}}`));
  if (!parsed.success) {
    return undefined;
  }
  const { sequence, historyId, number, hash } = parsed.data;
  return { sequence, mark: { historyId, number, hash } };
}

function sumOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
