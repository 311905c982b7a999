import type { Random } from '../ports.ts';

export interface BackoffOptions {
  readonly firstMs: number;
  readonly limitMs: number;
}

/** Waiting time before try `attempt` (1 = the first repeat): doubles up to the limit, of which half is chance. */
export function backoffMs(options: BackoffOptions, attempt: number, random: Random): number {
  const fullMs = Math.min(options.limitMs, options.firstMs * 2 ** (attempt - 1));
  return fullMs / 2 + (fullMs / 2) * random();
}
