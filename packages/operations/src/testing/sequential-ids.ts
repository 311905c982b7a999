import type { Ids } from '../ports/ids.ts';

/** UUIDs that count up from 1: `00000000-0000-4000-8000-000000000001` and so on. */
export function sequentialIds(): Ids {
  let given = 0;
  return {
    next: () => {
      given += 1;
      return `00000000-0000-4000-8000-${given.toString(16).padStart(12, '0')}`;
    },
  };
}
