import { writeFaultAt } from '@fleetbook/messaging';
import { startTestServer, type TestServer } from '@fleetbook/messaging/testing';
import { contradictions } from '../support/client-history.ts';
import { addNodes } from '../support/fleet.ts';
import { type Load, startLoad } from '../support/load.ts';
import { type ServicesAt, startServicesAt } from '../support/services-at.ts';
import { placeOf } from '../support/services-on-server.ts';
import { until } from '../support/until.ts';
import { checkViews } from './check-views.ts';
import { makeSmallDisk, type SmallDisk } from './disks/small-disk.ts';
import { TorturedServices } from './services.ts';

export type FullDisk =
  | { readonly ok: true; readonly rounds: number; readonly acknowledged: number; readonly wrong: readonly string[] }
  /** What this machine does not let us do. */
  | { readonly ok: false; readonly reason: string };

const CELL = 'full-disk';
const NODES = ['node-1', 'node-2'];
const CLIENTS = 10;
const THINKING_MS = 15;
const ROUNDS = 2;
const DISK_BYTES = 64 << 20;
const STEP = 30;
const WAIT_MS = 60_000;
const ASK_MS = 1_000;
const LOOK_AT_SPACE_MS = 2_000;
/** Below this the tracker takes no new claims. */
const NEARLY_FULL = 0.08;

/**
 * A cell of its own, with its log on a small disk that becomes nearly full, and full, under load: claims are shed, or
 * time out, and go on once there is room. What was acknowledged is there.
 */
export async function fillDisk(onFault: (line: string) => void): Promise<FullDisk> {
  const made = await makeSmallDisk(DISK_BYTES);
  if (!made.ok) {
    return made;
  }
  const { disk } = made;
  const { server, stop } = await startTestServer({ dataDirectory: disk.path });
  const ofServer = placeOf(server);
  const storage = { FLEETBOOK_STORE_DIRECTORY: disk.path, FLEETBOOK_STORAGE_INTERVAL_MS: String(LOOK_AT_SPACE_MS) };
  const at = await startServicesAt({ ...ofServer, settings: () => ({ ...ofServer.settings(), ...storage }) });
  try {
    return await fillUnderLoad(at, server, disk, onFault);
  } finally {
    await at.stop();
    await stop();
    await disk.dispose();
  }
}

async function fillUnderLoad(
  at: ServicesAt,
  server: TestServer,
  disk: SmallDisk,
  onFault: (line: string) => void,
): Promise<FullDisk> {
  const services = new TorturedServices(at, CELL);
  services.start();
  const fleetbook = await at.connect(CELL);
  await addNodes(fleetbook, NODES);
  const load = startLoad(fleetbook, NODES, CLIENTS, THINKING_MS);
  for (let round = 0; round < ROUNDS; round += 1) {
    await more(load);
    await nearlyFill(at, disk);
    onFault('disk nearly full: new claims are shed');
    await disk.makeRoom();
    await more(load);
    await fill(services, server, disk);
    onFault('disk full: the server writes nothing, the writer was killed meanwhile');
    await disk.makeRoom();
    // As a supervisor does: the server has given up writing, and does not begin again by itself.
    await server.kill();
    await server.restart();
    await more(load);
    onFault('there is room again: claims went on');
  }
  const sent = await load.finish();
  const checked = await checkViews(services);
  return {
    ok: true,
    rounds: ROUNDS,
    acknowledged: sent.filter(({ reply }) => reply.outcome !== 'error').length,
    wrong: [...checked.wrong, ...contradictions(sent, checked.reading), ...(await services.endedByThemselves())],
  };
}

async function nearlyFill(at: ServicesAt, disk: SmallDisk): Promise<void> {
  await disk.leave(NEARLY_FULL);
  await until('a writer that sheds claims', () => sheds(at), WAIT_MS);
}

/** Full between two looks at the space: claims are decided, and cannot be written. */
async function fill(services: TorturedServices, server: TestServer, disk: SmallDisk): Promise<void> {
  await disk.leave(0);
  const isHeldUp = async () => (await writeFaultAt(server.monitoringUrl)) ?? (await sheds(services.at));
  await until('a server that has given up writing, or a writer that sheds claims', isHeldUp, WAIT_MS);
  await services.replace('tracker', await services.writer(), 'SIGKILL');
}

async function sheds(at: ServicesAt): Promise<string | undefined> {
  const reply = await (await at.connect(CELL)).as('operator', 'e2e').ask('writer', {}, { timeoutMs: ASK_MS });
  const shedding = reply.outcome === 'answer' ? reply.answer.storage?.shedding : undefined;
  return shedding === 'nothing' ? undefined : shedding;
}

async function more(load: Load): Promise<void> {
  const count = load.answered + STEP;
  await until('claims that go on', () => (load.answered >= count ? true : undefined), WAIT_MS);
}
