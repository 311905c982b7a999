import { emptyLedger, InstanceTable, type Ledger } from '@fleetbook/domain';
import { recordHash } from '@fleetbook/event-log';

/** The ledger before the first event, for a fold of a whole log: of instances that end it keeps hashes. */
export const firstLedger = (): Ledger => emptyLedger(new InstanceTable(0, recordHash));
