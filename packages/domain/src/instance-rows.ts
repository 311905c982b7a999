import type { Actor } from './actor.ts';
import type { HeldRecord, Instance } from './ledger.ts';
import type { ChargeLine } from './request.ts';

/** Rows of a page. */
export const PAGE_ROWS = 4_096;

/** A length is kept in a byte. */
export const MOST_NAME_BYTES = 255;

/** What a row of the table of instances is: of a record that is not there any more; */
export const GONE = 0;
/** of a claim; */
export const UNCONFIRMED = 1;
export const CONFIRMED = 2;
/** of an instance that is no more; */
export const ENDED = 3;
/** of a record that does not fit the columns, and is kept as it is. */
export const OTHER = 4;

/** What stands in a row that has none. */
export const NOBODY: Actor = { role: 'system', id: '' };
export const NO_CHARGE: readonly ChargeLine[] = [];

/** ASCII that JSON writes as it is. */
export const isPlainCode = (code: number): boolean => code >= 0x20 && code < 0x7f && code !== 0x22 && code !== 0x5c;

/** Whether the columns can hold all of it. What else a claim can have is rare. */
const isPlain = ({ claim, moveId }: HeldRecord): boolean =>
  moveId === undefined &&
  claim.labels === undefined &&
  claim.groups === undefined &&
  claim.expiry === undefined &&
  claim.release === undefined &&
  claim.state === undefined;

export const kindOf = (instance: Instance): number => {
  if (instance.status === 'ended') return ENDED;
  if (instance.status !== 'held' || !isPlain(instance)) return OTHER;
  return instance.claim.status === 'unconfirmed' ? UNCONFIRMED : CONFIRMED;
};
