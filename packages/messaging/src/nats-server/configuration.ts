/** What is written into the server's configuration file. */
export interface ServerConfiguration {
  readonly serverName: string;
  /** -1 takes a free port. */
  readonly port: number;
  readonly monitoringPort: number;
  readonly storeDirectory: string;
  /** The server writes the ports it took into a file in here. */
  readonly portsDirectory: string;
  readonly pidFile: string;
  readonly logFile: string;
  readonly access: ServerAccess;
  readonly limits: ServerLimits;
}

export type ServerAccess =
  | { readonly user: string; readonly password: string }
  /** Public NKEYs of the users. */
  | { readonly nkeys: readonly string[] };

export interface ServerLimits {
  /** At least 1 MiB, which is also the default. */
  readonly maximumPayloadBytes?: number;
  /** Of all streams together; by default more than any disk has. */
  readonly maximumStoreBytes?: number;
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca?: string };
}

const MEBIBYTE = 1 << 20;
const PEBIBYTE = 2 ** 50;

/**
 * The text of the file. A lost member of a queue group is noticed within 3 s instead of minutes, and an append is
 * acknowledged only once it is on disk. The store may fill the disk: a server left to itself takes three quarters of
 * what is free when it starts, and refuses beyond that also when there is room again. JSON texts are valid values of
 * this format.
 */
export function configurationText(configuration: ServerConfiguration): string {
  const { limits } = configuration;
  const lines = [
    `server_name: ${text(configuration.serverName)}`,
    'host: "127.0.0.1"',
    `port: ${configuration.port}`,
    `http: "127.0.0.1:${configuration.monitoringPort}"`,
    `pid_file: ${text(configuration.pidFile)}`,
    `ports_file_dir: ${text(configuration.portsDirectory)}`,
    `log_file: ${text(configuration.logFile)}`,
    'logfile_size_limit: 16MB',
    'logfile_max_num: 3',
    'ping_interval: "1s"',
    'ping_max: 2',
    `max_payload: ${Math.max(limits.maximumPayloadBytes ?? MEBIBYTE, MEBIBYTE)}`,
    'jetstream {',
    `  store_dir: ${text(configuration.storeDirectory)}`,
    '  sync_interval: always',
    `  max_file_store: ${limits.maximumStoreBytes ?? PEBIBYTE}`,
    '}',
    ...accessLines(configuration.access),
    ...(limits.tls === undefined ? [] : tlsLines(limits.tls)),
  ];
  return `${lines.join('\n')}\n`;
}

function accessLines(access: ServerAccess): string[] {
  if ('nkeys' in access) {
    const users = access.nkeys.map((nkey) => `{ nkey: ${text(nkey)} }`);
    return [`authorization { users: [ ${users.join(', ')} ] }`];
  }
  return ['authorization {', `  user: ${text(access.user)}`, `  password: ${text(access.password)}`, '}'];
}

function tlsLines(tls: NonNullable<ServerLimits['tls']>): string[] {
  const ca = tls.ca === undefined ? [] : [`  ca_file: ${text(tls.ca)}`, '  verify: true'];
  return ['tls {', `  cert_file: ${text(tls.cert)}`, `  key_file: ${text(tls.key)}`, ...ca, '}'];
}

function text(value: string): string {
  return JSON.stringify(value);
}
