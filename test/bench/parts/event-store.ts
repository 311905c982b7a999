import { randomBytes } from 'node:crypto';
import type { Bench } from '../bench.ts';
import { type Load, rateOf, runRounds } from '../measure/sample.ts';
import type { BenchCell } from '../processes/cell.ts';
import type { Found } from '../report/findings.ts';
import { rounded } from '../report/numbers.ts';
import { rateTable } from '../report/series.ts';
import { BATCHED, SINGLE } from './claims.ts';

/** Somebody else runs the EventStoreDB. */
const URL_VARIABLE = 'FLEETBOOK_TEST_EVENTSTORE_URL';

/** Claims of a cell whose log is in an EventStoreDB, in turn with those of one whose log is in JetStream. */
export async function eventStorePart(bench: Bench): Promise<void> {
  const url = process.env[URL_VARIABLE];
  if (url === undefined) {
    throw new Error(`${URL_VARIABLE} does not say where an EventStoreDB is`);
  }
  // What other runs have written there stays.
  const name = `bench-${randomBytes(4).toString('hex')}`;
  await bench.onCell({}, async (jetStream) => {
    await bench.onCell({ name, environment: { FLEETBOOK_LOG: url } }, async (eventStore) => {
      await bench.findings.step('eventstoredb', () => compare(bench, jetStream, eventStore));
    });
  });
}

async function compare({ rounds }: Bench, jetStream: BenchCell, eventStore: BenchCell): Promise<Found> {
  const load = (name: string, cell: BenchCell, shape: object): Load => ({
    ...{ name, cell, process: cell.load },
    task: { type: 'closed', traffic: 'claims', ...shape },
  });
  const series = await runRounds(
    [
      load('JetStream, single', jetStream, SINGLE),
      load('EventStoreDB, single', eventStore, SINGLE),
      load('JetStream, batches of 16', jetStream, BATCHED),
      load('EventStoreDB, batches of 16', eventStore, BATCHED),
    ],
    rounds,
  );
  const [single, singleStored, batched, batchedStored] = series.map(rateOf);
  const eventStoreDb = {
    claimsPerSecond: Math.round(singleStored ?? 0),
    batchedClaimsPerSecond: Math.round(batchedStored ?? 0),
    ofJetStream: rounded((singleStored ?? 0) / (single ?? 0)),
    batchedOfJetStream: rounded((batchedStored ?? 0) / (batched ?? 0)),
  };
  return {
    json: { eventStoreDb },
    lines: rateTable(
      'where the log is',
      series.map((one) => ({ series: one })),
    ),
    series,
  };
}
