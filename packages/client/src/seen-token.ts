import { formatToken, parseToken, type Token } from '@fleetbook/contracts';

/** The newest event this client has been told of: its queries ask for at least that, so it reads its own writes. */
export interface SeenToken {
  current(): string | undefined;
  see(text: string): void;
  /** Drops a token of a history that is no more; one of another history is kept. */
  forget(historyId: string): void;
}

export const createSeenToken = (): SeenToken => {
  let newest: Token | undefined;
  return {
    current: () => (newest === undefined ? undefined : formatToken(newest.historyId, newest.number)),
    see: (text) => {
      const token = parseToken(text);
      if (token === undefined) return;
      if (newest?.historyId !== token.historyId || newest.number < token.number) newest = token;
    },
    forget: (historyId) => {
      if (newest?.historyId === historyId) newest = undefined;
    },
  };
};
