import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errorEntry, fleetbookError, isErrorCode } from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import {
  type Config,
  createNodeDisk,
  type DiskError,
  directoryFault,
  type Endpoint,
  lockDirectory,
  PROJECTOR_NODE_FLAGS,
  placeOf,
  readEndpoint,
  removeEndpoint,
  writeEndpoint,
} from '@fleetbook/operations';
import type { Failure } from '../call.ts';
import { type SupervisedNats, superviseNats } from './nats.ts';
import { endOrphans } from './orphans.ts';
import { type ReplaceableService, superviseReplaceable } from './replaceable.ts';
import { type ServiceEvent, type SupervisedService, supervise } from './supervisor.ts';

export interface CellOptions {
  /** The data directory: everything the cell keeps is below it. */
  readonly directory: string;
  readonly cell: string;
  readonly config: Config;
  /** Handed on to the services, with what the cell itself decides. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Of nats-server; 0 takes a free one. Not used when `config.natsUrl` names a server. */
  readonly port: number;
  /** Default 1: the one in office. Further ones stand by. */
  readonly trackers?: number;
  /** Paths of the programs that are started. Default: those installed with this one. */
  readonly programs?: ServicePrograms;
  readonly onEvent?: (event: ServiceEvent) => void;
}

type ServicePrograms = Readonly<Record<'tracker' | 'projector', string>>;

/** nats-server, trackers and projector on one data directory. */
export interface RunningCell {
  readonly directory: string;
  /** As it stands in `endpoint.json`. */
  readonly endpoint: Endpoint;
  readonly nats: SupervisedNats | undefined;
  /** The first of them. */
  readonly tracker: SupervisedService;
  readonly trackers: readonly SupervisedService[];
  readonly projector: SupervisedService;
  /** Resolves when a service cannot go on however often it is started. */
  readonly failed: Promise<Failure>;
  /**
   * Trackers, the one in office last, then projector and nats-server; then the directory is free for others. A process
   * that ends without this kills them.
   */
  stop(): Promise<void>;
}

type Step = () => Promise<void>;

/**
 * Takes the data directory, starts what is needed and resolves once trackers and projector have been started; wait for
 * `whenReady` of the projector and of any tracker. Errors: DATA_IN_USE, DATA_UNUSABLE, DISK_FULL, PORT_IN_USE,
 * NATS_SERVER_MISSING, SERVER_TOO_OLD, UNAVAILABLE.
 */
export async function startCell(options: CellOptions): Promise<Result<RunningCell, Failure>> {
  const directory = resolve(options.directory);
  const locked = await lockDirectory(directory);
  if (!locked.ok) {
    return locked;
  }
  const steps: Step[] = [() => locked.value.release()];
  try {
    const started = await startServices({ ...options, directory }, steps);
    if (!started.ok) {
      await runBackwards(steps);
    }
    return started;
  } catch (thrown) {
    await runBackwards(steps);
    const fault = directoryFault(directory, thrown);
    if (fault === undefined) {
      throw thrown;
    }
    return fail(fault);
  }
}

async function startServices(options: CellOptions, steps: Step[]): Promise<Result<RunningCell, Failure>> {
  const { directory, config, cell, programs = INSTALLED } = options;
  const disk = createNodeDisk();
  const left = await readEndpoint(disk, directory);
  const pids = Object.values((left.ok ? left.value?.endpoint.pids : undefined) ?? {});
  const logs = join(directory, 'logs');
  await endOrphans({ pids, programs: Object.values(programs), logs });
  await mkdir(logs, { recursive: true });
  const place = await placeOf(directory);
  // Once all have ended: until then it tells the next cell on this directory what to end.
  steps.push(async () => void (await removeEndpoint(disk, directory)));

  let running: RunningCell | undefined;
  const onEvent = (event: ServiceEvent): void => {
    if (event.type === 'started' && running !== undefined) {
      void writeEndpoint(disk, directory, running.endpoint);
    }
    options.onEvent?.(event);
  };
  const nats = config.natsUrl === undefined ? await startNats(options, onEvent, steps) : succeed(undefined);
  if (!nats.ok) {
    return nats;
  }
  const start = { options, nats: nats.value, onEvent };
  // It ends after the trackers: what those write last is archived too.
  let archiving: ReplaceableService | undefined;
  steps.push(async () => archiving?.stop());
  const trackers = await startTrackers(start, options.trackers ?? 1, steps);
  const projector = await superviseReplaceable({
    start: (isAnew, onReplace) => startService('projector', { ...start, isAnew, onReplace }),
    onChange: () => {
      if (running !== undefined) {
        void writeEndpoint(disk, directory, running.endpoint);
      }
    },
  });
  archiving = projector;
  running = {
    directory,
    nats: nats.value,
    tracker: trackers[0],
    trackers,
    projector,
    get endpoint() {
      const services = [...trackers, projector, ...successorOf(projector)];
      return { ...endpointOf(cell, config, nats.value, services), directory: place };
    },
    failed: Promise.race([...trackers, projector].map(whenGivenUp)),
    stop: () => runBackwards(steps),
  };
  const written = await writeEndpoint(disk, directory, running.endpoint);
  return written.ok ? succeed(running) : fail(unwritable(directory, written.error));
}

function unwritable(directory: string, { code, cause }: DiskError): Failure {
  return code === 'NO_SPACE'
    ? fleetbookError('DISK_FULL', { directory })
    : fleetbookError('DATA_UNUSABLE', { directory, reason: cause.message });
}

async function startNats(
  { directory, port, config }: CellOptions,
  onEvent: (event: ServiceEvent) => void,
  steps: Step[],
): Promise<Result<SupervisedNats, Failure>> {
  const started = await superviseNats({ directory, port, binary: config.natsServer, onEvent });
  if (started.ok) {
    steps.push(() => started.value.stop());
  }
  return started;
}

const INSTALLED: ServicePrograms = {
  tracker: fileURLToPath(import.meta.resolve('@fleetbook/tracker-service')),
  projector: fileURLToPath(import.meta.resolve('@fleetbook/projector-service')),
};

const NODE_FLAGS = { tracker: [], projector: PROJECTOR_NODE_FLAGS } as const;

type RunningProcess = Pick<SupervisedService, 'name' | 'pid' | 'httpPort'>;

interface ServiceStart {
  readonly options: CellOptions;
  readonly nats: SupervisedNats | undefined;
  readonly onEvent: (event: ServiceEvent) => void;
  /** Default: that of the program. */
  readonly name?: string;
  /** Begin without what is saved. */
  readonly isAnew?: boolean;
  readonly onReplace?: () => void;
}

async function startTrackers(
  start: ServiceStart,
  count: number,
  steps: Step[],
): Promise<[SupervisedService, ...SupervisedService[]]> {
  const first = await startService('tracker', start);
  const trackers: [SupervisedService, ...SupervisedService[]] = [first];
  steps.push(() => stopTrackers(trackers));
  for (let replica = 2; replica <= count; replica += 1) {
    trackers.push(await startService('tracker', { ...start, name: `tracker-${replica}` }));
  }
  return trackers;
}

/** Those that stand by first, so that none takes over in vain. */
async function stopTrackers(trackers: readonly SupervisedService[]): Promise<void> {
  const asked = await Promise.all(trackers.map(async (tracker) => ({ tracker, isInOffice: await tracker.isReady() })));
  for (const { tracker } of asked.toSorted((left, right) => Number(left.isInOffice) - Number(right.isInOffice))) {
    await tracker.stop();
  }
}

/** For who has to end what this process left: by another name than the one that it is to replace. */
function successorOf({ successor }: ReplaceableService): readonly RunningProcess[] {
  return successor === undefined
    ? []
    : [{ name: 'projector-successor', pid: successor.pid, httpPort: successor.httpPort }];
}

function startService(
  program: keyof ServicePrograms,
  { options, nats, onEvent, name = program, isAnew = false, onReplace = () => undefined }: ServiceStart,
): Promise<SupervisedService> {
  const { directory, programs = INSTALLED } = options;
  let starts = 0;
  return supervise(
    {
      ...{ name, onReplace, entry: programs[program], logFile: join(directory, 'logs', `${name}.log`) },
      nodeFlags: NODE_FLAGS[program],
      // Read at each start: a nats-server that was started again may be monitored at another address, and what was
      // begun anew goes on from what it saved since.
      get environment() {
        starts += 1;
        return {
          ...options.environment,
          FLEETBOOK_CELL: options.cell,
          FLEETBOOK_DATA: directory,
          ...(isAnew && starts === 1 ? { FLEETBOOK_PROJECTION_START: 'log' } : {}),
          ...natsEnvironment(nats),
        };
      },
    },
    onEvent,
  );
}

/** The services are told where the server is; one that is configured from outside they read themselves. */
function natsEnvironment(nats: SupervisedNats | undefined): Readonly<Record<string, string>> {
  if (nats === undefined) {
    return {};
  }
  const { url, monitoringUrl, access, storeDirectory } = nats.server;
  return {
    FLEETBOOK_STORE_DIRECTORY: storeDirectory,
    FLEETBOOK_NATS_URL: url,
    FLEETBOOK_NATS_MONITORING_URL: monitoringUrl,
    ...('user' in access ? { FLEETBOOK_NATS_USER: access.user, FLEETBOOK_NATS_PASSWORD: access.password } : {}),
  };
}

function endpointOf(
  cell: string,
  config: Config,
  nats: SupervisedNats | undefined,
  services: readonly RunningProcess[],
): Endpoint {
  const server = nats?.server;
  const access = server?.access;
  const monitoringUrl = server?.monitoringUrl ?? config.natsMonitoringUrl;
  return {
    natsUrl: server?.url ?? withoutSecrets(config.natsUrl?.[0] ?? ''),
    ...(access !== undefined && 'user' in access ? { user: access.user, password: access.password } : {}),
    ...(monitoringUrl === undefined ? {} : { monitoringUrl }),
    cell,
    pids: Object.fromEntries([
      ...(server === undefined ? [] : [['nats-server', server.pid]]),
      ...services.map(({ name, pid }) => [name, pid]),
    ]),
    httpPorts: Object.fromEntries(services.map(({ name, httpPort }) => [name, httpPort])),
  };
}

/** Who reaches a server of another by a password in its address has it in the settings, not in the directory. */
function withoutSecrets(address: string): string {
  return address.replace(/\/\/[^/]*@/, '//');
}

async function whenGivenUp({ name, logFile, givenUp }: SupervisedService): Promise<Failure> {
  const { code, failure } = await givenUp;
  const next = `Its last lines are in ${logFile}.`;
  if (failure !== undefined && isErrorCode(failure.code)) {
    return { ...fleetbookError(failure.code), message: `${titleOf(name)} has ended. ${failure.message}`, next };
  }
  const reason = `the ${name} ended with exit code ${code}`;
  const error = fleetbookError('CONFIG_INVALID', { name, rule: reason });
  const isDamage = code === errorEntry('LOG_DAMAGED').exitCode;
  return isDamage
    ? { ...fleetbookError('LOG_DAMAGED'), message: `The data cannot be read: ${reason}.`, next }
    : { ...error, next };
}

/** `The tracker`, `Tracker 2`. */
function titleOf(name: string): string {
  const [program = '', replica] = name.split('-');
  return replica === undefined ? `The ${program}` : `${program.charAt(0).toUpperCase()}${program.slice(1)} ${replica}`;
}

async function runBackwards(steps: Step[]): Promise<void> {
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    await step();
  }
}
