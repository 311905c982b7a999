import { isCellName } from '@fleetbook/contracts';

export interface LogNames {
  readonly stream: string;
  readonly subject: string;
}

/** Throws RangeError for a name that is none: it would become part of a subject. */
export function logNames(cell: string): LogNames {
  if (!isCellName(cell)) {
    throw new RangeError(`a cell's name has 1 to 32 of A-Z, a-z, 0-9, _ and -: ${JSON.stringify(cell)} is none`);
  }
  return { stream: `FLEETBOOK_${cell}_0001`, subject: `fleetbook.log.${cell}.0001` };
}
