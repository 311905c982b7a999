import { dirname, resolve } from 'node:path';
import { fleetbookError, isCellName } from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import { type Config, createNodeDisk, type FoundEndpoint, findEndpoint, readEndpoint } from '@fleetbook/operations';
import { type Call, type Failure, usageFailure } from '../call.ts';
import { readConfig } from './config.ts';

/** Where the services of a cell are reached, and how. */
export interface Target {
  readonly cell: string;
  readonly servers: readonly string[];
  /** Whether this is the last resort and nothing says that a server is there. */
  readonly isGuess: boolean;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly credentials?: string | undefined;
  readonly nkey?: string | undefined;
  readonly tls: {
    readonly ca?: string | undefined;
    readonly cert?: string | undefined;
    readonly key?: string | undefined;
  };
  readonly monitoringUrl?: string | undefined;
  /** The data directory that says so. */
  readonly directory?: string;
  readonly config: Config;
}

const DEFAULT_SERVER = 'nats://127.0.0.1:4222';
const SERVER_URL = /^(nats|tls):\/\/\S+$/;

/**
 * By `--server`, FLEETBOOK_NATS_URL, the `endpoint.json` in FLEETBOOK_DATA or, where that is not set, in the nearest
 * `.fleetbook`, or the default port, in this order.
 */
export async function findTarget(call: Call): Promise<Result<Target, Failure>> {
  const config = readConfig(call.environment);
  if (!config.ok) {
    return config;
  }
  const cell = call.args.text('cell');
  if (cell !== undefined && !isCellName(cell)) {
    return fail(usageFailure('--cell is 1 to 32 letters, digits, _ or -'));
  }
  const named = call.args.text('server');
  if (named !== undefined && !named.split(',').every((url) => SERVER_URL.test(url) && URL.canParse(url))) {
    return fail(usageFailure('--server is nats://host:port or tls://host:port'));
  }
  const servers = named?.split(',') ?? config.value.natsUrl;
  if (servers !== undefined) {
    return succeed(configuredTarget(config.value, servers, cell));
  }
  const found = await findEndpointFor(call);
  if (!found.ok) {
    return fail(unreadable(found.error.path));
  }
  return succeed(
    found.value === undefined
      ? { ...configuredTarget(config.value, [DEFAULT_SERVER], cell), isGuess: true }
      : endpointTarget(config.value, found.value, askedCell(call)),
  );
}

function findEndpointFor({ directory, environment }: Call): ReturnType<typeof findEndpoint> {
  const data = environment['FLEETBOOK_DATA'];
  const disk = createNodeDisk();
  return data ? readEndpoint(disk, resolve(directory, data)) : findEndpoint(disk, directory);
}

/** What `up` wrote into a data directory; undefined when nothing runs on it, as far as it says. */
export async function targetOfDirectory(call: Call, directory: string): Promise<Result<Target | undefined, Failure>> {
  const config = readConfig(call.environment);
  if (!config.ok) {
    return config;
  }
  const found = await readEndpoint(createNodeDisk(), resolve(call.directory, directory));
  if (!found.ok) {
    return fail(unreadable(found.error.path));
  }
  const endpoint = found.value;
  return succeed(endpoint === undefined ? undefined : endpointTarget(config.value, endpoint, askedCell(call)));
}

function configuredTarget(config: Config, servers: readonly string[], cell: string | undefined): Target {
  return {
    cell: cell ?? config.cell,
    servers,
    isGuess: false,
    user: config.natsUser,
    password: config.natsPassword,
    credentials: config.natsCredentials,
    nkey: config.natsNkey,
    tls: { ca: config.natsTlsCa, cert: config.natsTlsCert, key: config.natsTlsKey },
    monitoringUrl: config.natsMonitoringUrl,
    config,
  };
}

/** The one that the command line or the environment names; undefined where it is left to the endpoint. */
export function askedCell({ args, environment }: Call): string | undefined {
  return args.text('cell') ?? (environment['FLEETBOOK_CELL'] || undefined);
}

/** What the endpoint does not say, because its server is another's, the settings do. */
function endpointTarget(config: Config, { path, endpoint }: FoundEndpoint, cell: string | undefined): Target {
  const directory = dirname(path);
  const configured = { ...configuredTarget(config, [endpoint.natsUrl], cell ?? endpoint.cell), directory };
  const { user, password, monitoringUrl } = endpoint;
  return user === undefined
    ? { ...configured, monitoringUrl: monitoringUrl ?? configured.monitoringUrl }
    : { ...configured, user, password, monitoringUrl, credentials: undefined, nkey: undefined, tls: {} };
}

function unreadable(path: string): Failure {
  const reason = `${path} cannot be read`;
  return {
    ...fleetbookError('UNAVAILABLE', { service: 'fleetbook', reason }),
    next: 'Remove the file when nothing runs on that directory, or name the server with --server.',
  };
}
