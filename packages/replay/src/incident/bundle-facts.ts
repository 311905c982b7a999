import { type Commit, GENESIS_HASH } from '@fleetbook/event-log';
import type { StateHeader } from '../index/state.ts';
import type { BundleBody, BundleManifest } from './bundle-file.ts';

/** What a manifest says of a file that its events say as well. */
export type FactsOfEvents = Pick<
  BundleManifest,
  'from' | 'to' | 'fromAt' | 'toAt' | 'commits' | 'endHash' | 'checkpoints'
>;

/** @param commits without the one of the state before them. */
export function factsOfEvents(commits: readonly Commit[], endHash: string): FactsOfEvents {
  const events = commits.flatMap((commit) => commit.events);
  return {
    ...{ from: events[0]?.number ?? 0, to: events.at(-1)?.number ?? 0 },
    ...{ fromAt: events[0]?.at ?? 0, toAt: events.at(-1)?.at ?? 0 },
    ...{ commits: commits.length, endHash },
    checkpoints: events.filter(({ type }) => type === 'Checkpoint').map(({ number }) => number),
  };
}

/**
 * What the manifest says otherwise than the body, of which every commit has been verified; undefined where they agree.
 * Of the log that a redacted file was taken from it has no hash.
 */
export function manifestFault(manifest: BundleManifest, { start }: BundleBody, all: readonly Commit[]) {
  const commits = start === undefined ? all : all.slice(1);
  const found: Partial<BundleManifest> = {
    ...factsOfEvents(commits, all.at(-1)?.hash ?? GENESIS_HASH),
    ...(manifest.isRedacted ? {} : { startHash: start?.end.hash ?? GENESIS_HASH }),
    ...placeOf(start, commits),
  };
  const stated = new Map<string, unknown>(Object.entries(manifest));
  const fault = Object.entries(found).find(
    ([name, value]) => JSON.stringify(stated.get(name)) !== JSON.stringify(value),
  );
  return (
    fault &&
    `its first line says ${fault[0]} ${JSON.stringify(stated.get(fault[0]))}, its body ${JSON.stringify(fault[1])}`
  );
}

/** Of which cell and history the last event is. */
function placeOf(start: BundleBody['start'], commits: readonly Commit[]): Pick<BundleManifest, 'cell' | 'historyId'> {
  const header: StateHeader | undefined = start && JSON.parse(start.state[0] ?? '{}');
  let [cell, historyId] = [header?.cell?.cell ?? '', start?.historyId ?? ''];
  for (const event of commits.flatMap(({ events }) => events)) {
    if (event.type === 'LedgerCreated') {
      ({ cell, historyId } = event.data);
    } else if (event.type === 'HistoryForked') {
      historyId = event.data.newHistoryId;
    }
  }
  return { cell, historyId };
}
