import { LogUnfinishedError, type Restoration } from './port.ts';

/** As it is kept beside a log. */
export const encodeRestoration = ({ historyId, number, hash }: Restoration): string =>
  JSON.stringify({ historyId, number, hash });

/** Throws LogUnfinishedError unless `kept` tells of the restore that is wanted: of none, where none is. */
export function requireRestoration(kept: string, wanted: Restoration | undefined): void {
  if (wanted === undefined || kept !== encodeRestoration(wanted)) {
    throw new LogUnfinishedError(toldBy(kept));
  }
}

const UNREADABLE = 'from what cannot be read';

function toldBy(kept: string): string {
  try {
    const { historyId, number } = Object(JSON.parse(kept));
    return Number.isInteger(number) ? `to event ${number} of history ${historyId}` : UNREADABLE;
  } catch {
    return UNREADABLE;
  }
}
