import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { CellPolicies, CommandMessage } from '@fleetbook/domain';
import { type EventLog, MAX_EVENTS_PER_COMMIT } from '@fleetbook/event-log';
import { openEventStoreLog } from '@fleetbook/event-log/eventstoredb';
import { openJetStreamLog } from '@fleetbook/event-log/jetstream';
import { connectBus, type RunningServer } from '@fleetbook/messaging';
import { parseConfig } from '@fleetbook/operations';
import { foundHistory } from '@fleetbook/projector/testing';
import { policiesOf } from '@fleetbook/tracker';
import { readMachines } from '@fleetbook/workload';
import { halfFill, replicateMachines } from '@fleetbook/workload/bench';
import { dropOf, fillingClaim, registrationOf, reportOf, smallClaim } from '../load/fleet-commands.ts';

const TRACE = fileURLToPath(new URL('../../data/openb', import.meta.url));
const SEED = 1;
const APPEND_TIMEOUT_MS = 60_000;
/** Commands that are decided before they are appended: enough for many commits, little for the memory. */
const COMMANDS_AT_A_TIME = 8_192;

export interface FleetPlace {
  readonly server: RunningServer;
  readonly cell: string;
  readonly nodes: number;
  /** Claims and drops follow until the log has so many. */
  readonly historyEvents: number;
  /** Settings of the tracker that goes on with it. */
  readonly environment: Readonly<Record<string, string>>;
}

interface Founded {
  readonly cell: string;
  readonly policies: CellPolicies;
}

/**
 * Writes the log of a cell whose machines are registered, reported and filled by half, as a tracker would have that was
 * sent all that: the decisions are the product's, and no requests are waited for.
 */
export async function writeFleet({ server, cell, nodes, historyEvents, environment }: FleetPlace): Promise<void> {
  const config = parseConfig(environment);
  if (!config.ok) {
    throw new Error(config.error.message);
  }
  const { url, access } = server;
  const setting = environment['FLEETBOOK_LOG'];
  const bus = await connectBus({ servers: [url], name: 'fleetbook-bench-fleet', ...('user' in access ? access : {}) });
  const { connection } = bus;
  const log =
    setting === undefined
      ? await openJetStreamLog({ connection, cell, create: true, appendTimeoutMs: APPEND_TIMEOUT_MS })
      : await openEventStoreLog({ connectionString: setting, cell });
  try {
    await writeTo(log, { cell, policies: policiesOf(config.value) }, nodes, historyEvents);
  } finally {
    await log.close();
    await bus.close();
  }
}

async function writeTo(log: EventLog, founded: Founded, nodes: number, events: number): Promise<void> {
  const machines = replicateMachines(await readMachines(TRACE), nodes);
  const history = { ...founded, historyId: randomUUID(), eventsPerCommit: MAX_EVENTS_PER_COMMIT };
  const writer = await foundHistory(log, { ...history, now: Date.now, keepsEvents: false });
  let decided = 0;
  const decide = async ({ actor, command, commandId }: CommandMessage): Promise<void> => {
    const { kind } = writer.decide(actor, command, commandId);
    if (kind !== 'accepted') {
      throw new Error(`${commandId} is ${kind}`);
    }
    decided += 1;
    if (decided % COMMANDS_AT_A_TIME === 0) {
      await writer.flush();
    }
  };
  for (const machine of machines) {
    await decide(registrationOf(machine));
    await decide(reportOf(machine));
  }
  for (const [place, claim] of halfFill(machines, SEED).entries()) {
    await decide(fillingClaim(claim, place));
  }
  for (let place = 0; writer.number < events; place += 1) {
    const { id: node = '' } = machines[place % machines.length] ?? {};
    const claimed = { node, instance: `past-${place}`, claimId: `claim-${place}` };
    await decide(smallClaim(claimed));
    await decide(dropOf(claimed));
  }
  await writer.flush();
}
