import type { FleetbookClient } from '@fleetbook/client';
import type { CandidatesAnswer } from '@fleetbook/contracts';
import type { ResourceRequest } from '@fleetbook/domain';

export interface CandidateMemory {
  /** The candidates for a request, as they were at most `maximumAgeMs` ago; undefined when nobody could tell. */
  ask(request: ResourceRequest): Promise<CandidatesAnswer | undefined>;
}

/** Remembers answers as a scheduler does that asks for many equal tasks in a row. */
export const createCandidateMemory = (
  client: FleetbookClient,
  options: { readonly limit: number; readonly maximumAgeMs: number; readonly seed: number; readonly now: () => number },
): CandidateMemory => {
  const known = new Map<string, { readonly answer: CandidatesAnswer; readonly askedAt: number }>();
  return {
    ask: async (request) => {
      const key = JSON.stringify(request);
      const askedAt = options.now();
      const remembered = known.get(key);
      if (remembered !== undefined && askedAt - remembered.askedAt <= options.maximumAgeMs) {
        return remembered.answer;
      }
      const { limit, seed } = options;
      const reply = await client.ask('candidates', { request, limit, seed, strategy: 'spread' }, { mayBeOlder: true });
      if (reply.outcome === 'error') {
        return undefined;
      }
      known.set(key, { answer: reply.answer, askedAt });
      return reply.answer;
    },
  };
};
