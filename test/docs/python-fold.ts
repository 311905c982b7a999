import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { apply, canonicalRecords, emptyLedger, type LedgerEvent } from '@fleetbook/domain';
import { ledgerDigest } from '@fleetbook/snapshot';
import { expect } from 'vitest';

const FOLD = fileURLToPath(new URL('fold/fold.py', import.meta.url));
const LARGEST_ANSWER_BYTES = 2 ** 28;

/** Why the fold in Python cannot be run on this machine; undefined where it can. */
export const whyNoPython: string | undefined =
  spawnSync('python3', ['--version']).status === 0 ? undefined : 'python3 is not installed';

/** What a fold makes of a history: digests after some of its decisions, by event number, and the records at its end. */
interface Folded {
  readonly digests: ReadonlyMap<number, string>;
  readonly records: readonly string[];
}

/**
 * Folds every history from its first event on with the product and in Python, and expects the same of both. Returns the
 * digest at the end of each.
 */
export function expectSameInPython(
  histories: readonly (readonly LedgerEvent[])[],
  decisionsBetweenDigests: number,
  where: string,
): readonly string[] {
  const products = histories.map((events) => foldInProduct(events, decisionsBetweenDigests));
  const requests = histories.map((events, place) => ({
    events,
    digestsAt: [...(products[place]?.digests.keys() ?? [])],
  }));
  const folds = foldInPython(requests.map((request) => JSON.stringify(request)));
  for (const [place, { digests, records }] of products.entries()) {
    const [pythonDigests, pythonRecords] = folds[place] ?? [];
    expect(pythonRecords, `${where}, history ${place}: records at its end`).toEqual(records);
    expect(pythonDigests, `${where}, history ${place}: digests on its way`).toEqual([...digests]);
  }
  return folds.map(([, , digest]) => digest);
}

function foldInProduct(events: readonly LedgerEvent[], decisionsBetweenDigests: number): Folded {
  const ledger = emptyLedger();
  const digests = new Map<number, string>();
  let decisions = 0;
  for (const event of events) {
    apply(ledger, event);
    decisions += event.index === event.count - 1 ? 1 : 0;
    if (event.index === event.count - 1 && decisions % decisionsBetweenDigests === 0) {
      digests.set(event.number, ledgerDigest(ledger));
    }
  }
  return { digests, records: [...canonicalRecords(ledger)].sort() };
}

type PythonFold = readonly [
  digests: readonly (readonly [number: number, digest: string])[],
  records: readonly string[],
  digest: string,
];

/** Throws Error with what the program complains of. */
function foldInPython(requests: readonly string[]): readonly PythonFold[] {
  const options = { input: requests.join('\n'), encoding: 'utf8', maxBuffer: LARGEST_ANSWER_BYTES } as const;
  const { stdout, stderr, status } = spawnSync('python3', ['-B', FOLD], options);
  if (status !== 0) {
    throw new Error(`the fold in Python stopped: ${stderr}`);
  }
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}
