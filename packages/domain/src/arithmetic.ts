import type { Inventory } from './ledger.ts';

export const RATIO_ONE_MILLIONTHS = 1_000_000;

export type CapacityFigures = Pick<Inventory, 'total' | 'reserved' | 'allocationRatioMillionths'>;

/** Max(0, floor((total − reserved) × ratio)), exact at any size. */
export const exactCapacity = (figures: CapacityFigures): bigint => {
  const offered = BigInt(figures.total) - BigInt(figures.reserved);
  return offered <= 0n ? 0n : (offered * BigInt(figures.allocationRatioMillionths)) / BigInt(RATIO_ONE_MILLIONTHS);
};

/** Whether the capacity can be counted: sums of charges stay safe integers because capacity bounds them. */
export const isCountable = (figures: CapacityFigures): boolean =>
  exactCapacity(figures) <= BigInt(Number.MAX_SAFE_INTEGER);

/** The capacity as a safe integer. Throws a RangeError beyond 2^53 − 1, which no recorded inventory reaches. */
export const capacityOf = (figures: CapacityFigures): number => {
  if (figures.allocationRatioMillionths === RATIO_ONE_MILLIONTHS) return Math.max(0, figures.total - figures.reserved);
  const capacity = exactCapacity(figures);
  if (capacity > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError(`capacity ${capacity} is beyond 2^53 - 1`);
  return Number(capacity);
};

/** What may still be charged; negative when the inventory shrank under its charges. */
export const headroomOf = (inventory: Pick<Inventory, 'capacity' | 'charged'>): number =>
  inventory.capacity - inventory.charged;

/** Reserved plus charged: what is gone from the total. */
export const usedOf = (inventory: Pick<Inventory, 'reserved' | 'charged'>): number =>
  inventory.reserved + inventory.charged;

/** Total minus used: shown to people, negative under overcommit, never judged. */
export const freeOf = (inventory: Pick<Inventory, 'total' | 'reserved' | 'charged'>): number =>
  inventory.total - inventory.reserved - inventory.charged;
