import type { TimeRule } from '@fleetbook/contracts';
import { type Ledger, type LedgerEvent, policiesOf, silenceLimitMs } from '@fleetbook/domain';

/** Which time had passed, where that is why the writer decided something by itself; of the ledger just before it. */
export function timeRuleOf(ledger: Ledger, event: LedgerEvent | undefined): TimeRule | undefined {
  switch (event?.type) {
    case 'ClaimExpired': {
      const instance = ledger.instances.get(event.data.instance);
      const { expiry } = instance?.status === 'held' ? instance.claim : {};
      return expiry && { rule: 'time-to-live', limitMs: expiry.ttlMs, since: expiry.expiresAt - expiry.ttlMs };
    }
    case 'MoveAutoConfirmed': {
      const move = ledger.moves.get(event.data.moveId);
      const limitMs = policiesOf(ledger).autoConfirmAfterMs;
      return move && limitMs !== undefined ? { rule: 'auto-confirm', limitMs, since: move.since } : undefined;
    }
    case 'InventoryStale':
      return event.data.reason === 'silent' ? { rule: 'silence', limitMs: silenceLimitMs(ledger) } : undefined;
    default:
      return undefined;
  }
}
