import { randomUUID } from 'node:crypto';

/** Where fresh ids come from. */
export interface Ids {
  /** A UUID, lower case, never given before. */
  next(): string;
}

export const randomIds: Ids = { next: () => randomUUID() };
