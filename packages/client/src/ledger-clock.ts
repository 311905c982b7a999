/** The time of the ledger as this client knows it: its own clock, corrected once the ledger has objected to it. */
export interface LedgerClock {
  now(): number;
  /** `ledgerAt`: the ledger's time in an answer that just arrived. */
  correct(ledgerAt: number): void;
}

export const createLedgerClock = (wallClock: () => number): LedgerClock => {
  let offsetMs = 0;
  return {
    now: () => wallClock() + offsetMs,
    correct: (ledgerAt) => {
      offsetMs = ledgerAt - wallClock();
    },
  };
};
