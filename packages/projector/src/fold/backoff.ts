export interface Backoff {
  readonly firstMs: number;
  readonly mostMs: number;
}

export const DEFAULT_BACKOFF: Backoff = { firstMs: 100, mostMs: 30_000 };

/** How long to wait after the n-th failure in a row, from 1: doubled each time. */
export function backoffMs({ firstMs, mostMs }: Backoff, failures: number): number {
  return Math.min(mostMs, firstMs * 2 ** Math.min(failures - 1, 30));
}
