import type { FleetbookClient } from '@fleetbook/client';
import type { RunningCell } from '../run/cell.ts';
import type { KilledService } from './report.ts';
import type { Window } from './tally.ts';

const POLL_MS = 10;

/** What became of the services that were killed, and when the fleet was without them. */
export interface Kills {
  readonly killed: readonly KilledService[];
  readonly windows: readonly Window[];
  /** Kills what is due after `share` (0 to 1) of the tasks. */
  onShare(share: number): void;
  /** Resolves when everything killed has answered again. */
  whenRecovered(): Promise<void>;
}

const PLAN = [
  { service: 'projector', atShare: 1 / 3, answers: 'health' },
  { service: 'tracker', atShare: 2 / 3, answers: 'writer' },
] as const;

/** SIGKILLs the projector, then the tracker, while the fleet is being filled; their supervisor starts them again. */
export const planKills = (
  cell: RunningCell,
  client: FleetbookClient,
  now: () => number,
  lastNumber: () => number,
  onKilled: (kill: KilledService) => void,
): Kills => {
  const due = [...PLAN];
  const killed: KilledService[] = [];
  const windows: Window[] = [];
  const recoveries: Promise<void>[] = [];

  const whenAnsweredBy = async (query: 'health' | 'writer', pid: number): Promise<void> => {
    for (;;) {
      const reply = await client.ask(query, {}, { mayBeOlder: true });
      if (reply.outcome === 'answer' && reply.answer.pid === pid) {
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  };

  const kill = async ({ service, answers }: (typeof PLAN)[number]): Promise<void> => {
    const supervised = cell[service];
    const { pid } = supervised;
    const atEvent = lastNumber();
    const fromMs = now();
    supervised.kill('SIGKILL');
    const newPid = await supervised.whenReady();
    await whenAnsweredBy(answers, newPid);
    const toMs = now();
    windows.push({ fromMs, toMs });
    const fact = { service, pid, newPid, atEvent, recoveredMs: Math.round(toMs - fromMs) };
    killed.push(fact);
    onKilled(fact);
  };

  return {
    killed,
    windows,
    onShare: (share) => {
      for (let next = due[0]; next !== undefined && share >= next.atShare; next = due[0]) {
        due.shift();
        recoveries.push(kill(next));
      }
    },
    whenRecovered: async () => {
      await Promise.all(recoveries);
    },
  };
};
