import { access, readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import {
  type Authenticator,
  type ConnectionOptions,
  connect,
  credsAuthenticator,
  ErrorCode,
  type NatsConnection,
  NatsError,
  nkeyAuthenticator,
} from 'nats';
export interface ConnectionSettings {
  /** `nats://host:port` or `tls://host:port`; may carry `user:password@`. */
  readonly servers: readonly string[];
  /** Shown in the server's list of connections. */
  readonly name: string;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** Path of a credentials file. */
  readonly credentials?: string | undefined;
  /** Path of a file with an NKEY user seed. */
  readonly nkey?: string | undefined;
  /** Paths of PEM files. */
  readonly tls?: {
    readonly ca?: string | undefined;
    readonly cert?: string | undefined;
    readonly key?: string | undefined;
  };
  /** First token of inboxes, beginning with `_`: give each user its own where the server's permissions say so. */
  readonly inboxPrefix?: string;
  /** Nothing that is sent here comes back to a subscription of the same connection. */
  readonly noEcho?: boolean;
  /** Keep trying until a server answers. Otherwise the first failure ends it. Refused credentials always do. */
  readonly waitOnFirstConnect?: boolean;
  /** Called once, when the first attempt of several has failed. */
  readonly onWaiting?: (reason: string) => void;
  /** Gives up waiting. */
  readonly signal?: AbortSignal;
}

/**
 * `UNREACHABLE` no server answers, `REFUSED` one side does not accept the other's credentials or certificate, or the
 * server asks for TLS, `UNREADABLE` a credentials, key or certificate file cannot be read, `ABORTED` by the signal.
 */
export type ConnectErrorCode = 'UNREACHABLE' | 'REFUSED' | 'UNREADABLE' | 'ABORTED';

export class ConnectError extends Error {
  readonly code: ConnectErrorCode;

  constructor(code: ConnectErrorCode, message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'ConnectError';
    this.code = code;
  }
}

export const DEFAULT_INBOX_PREFIX = '_INBOX';
const RECONNECT_WAIT_MS = 75;
const CONNECT_TIMEOUT_MS = 2_000;
const PING_INTERVAL_MS = 5_000;
/**
 * What is published in one turn leaves in writes of this many bytes: each costs a call of the system and wakes the
 * server. The client reads it among its options, though its type does not name it; by itself it writes a quarter.
 */
const GATHERED = { pendingLimit: 128 * 1024 };

const refusals: readonly string[] = [
  ErrorCode.AuthorizationViolation,
  ErrorCode.AuthenticationExpired,
  ErrorCode.AccountExpired,
  ErrorCode.BadAuthentication,
  ErrorCode.BadCreds,
  ErrorCode.ServerOptionNotAvailable,
  ErrorCode.Tls,
];
/** Codes of Node and OpenSSL for a certificate that is not accepted. */
const CERTIFICATE_FAULT = /^(ERR_TLS|ERR_SSL|CERT_|SELF_SIGNED|UNABLE_TO|DEPTH_ZERO|HOSTNAME_MISMATCH)/;

/** Connects to one of the servers. Throws ConnectError. */
export async function connectNats(settings: ConnectionSettings): Promise<NatsConnection> {
  const inboxPrefix = settings.inboxPrefix ?? DEFAULT_INBOX_PREFIX;
  return connectWhenPossible(settings, { ...(await clientOptions(settings)), inboxPrefix });
}

/** Our own loop: the client's cannot be stopped before it has connected once. */
async function connectWhenPossible(options: ConnectionSettings, client: ConnectionOptions): Promise<NatsConnection> {
  for (let failures = 0; ; failures += 1) {
    if (options.signal?.aborted) {
      throw new ConnectError('ABORTED', `gave up connecting to ${placesOf(options)}`, options.signal.reason);
    }
    try {
      return await connect({ ...client });
    } catch (cause) {
      if (isRefusal(cause)) {
        throw new ConnectError('REFUSED', `${placesOf(options)} refused the connection: ${cause.message}`, cause);
      }
      if (options.waitOnFirstConnect !== true) {
        throw new ConnectError('UNREACHABLE', `no NATS server answers at ${placesOf(options)}`, cause);
      }
      if (failures === 0) {
        options.onWaiting?.(`no NATS server answers at ${placesOf(options)}`);
      }
    }
    await delay(RECONNECT_WAIT_MS, undefined, options.signal === undefined ? {} : { signal: options.signal }).catch(
      () => undefined,
    );
  }
}

function isRefusal(cause: unknown): cause is Error {
  if (!(cause instanceof Error) || !('code' in cause) || typeof cause.code !== 'string') {
    return false;
  }
  return (cause instanceof NatsError && refusals.includes(cause.code)) || CERTIFICATE_FAULT.test(cause.code);
}

async function clientOptions(options: ConnectionSettings): Promise<ConnectionOptions> {
  const urls = options.servers.map((server) => new URL(server));
  const inUrl = urls.find((url) => url.username !== '');
  const user = options.user ?? (inUrl && decodeURIComponent(inUrl.username));
  const pass = options.password ?? (inUrl && decodeURIComponent(inUrl.password));
  const authenticator = await authenticatorOf(options);
  const tls = await tlsOf(options, urls);
  return {
    servers: urls.map((url) => url.host),
    name: options.name,
    timeout: CONNECT_TIMEOUT_MS,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_WAIT_MS,
    reconnectJitter: RECONNECT_WAIT_MS / 3,
    reconnectJitterTLS: RECONNECT_WAIT_MS,
    pingInterval: PING_INTERVAL_MS,
    // Else each request of the client's own makes an error with a stack trace ahead, in case it fails.
    noAsyncTraces: true,
    noEcho: options.noEcho ?? false,
    ...GATHERED,
    ...(user === undefined ? {} : { user }),
    ...(pass === undefined ? {} : { pass }),
    ...(authenticator === undefined ? {} : { authenticator }),
    ...(tls === undefined ? {} : { tls }),
  };
}

async function authenticatorOf(options: ConnectionSettings): Promise<Authenticator | undefined> {
  if (options.credentials !== undefined) {
    return credsAuthenticator(await readSecret(options.credentials));
  }
  if (options.nkey !== undefined) {
    const text = new TextDecoder().decode(await readSecret(options.nkey));
    return nkeyAuthenticator(new TextEncoder().encode(text.trim()));
  }
  return undefined;
}

async function readSecret(path: string): Promise<Uint8Array> {
  return readable(path, readFile(path));
}

async function readable<Value>(path: string, reading: Promise<Value>): Promise<Value> {
  try {
    return await reading;
  } catch (cause) {
    throw new ConnectError('UNREADABLE', `cannot read ${path}`, cause);
  }
}

async function tlsOf(options: ConnectionSettings, urls: readonly URL[]): Promise<ConnectionOptions['tls']> {
  const { ca, cert, key } = options.tls ?? {};
  const paths = [ca, cert, key].filter((path) => path !== undefined);
  await Promise.all(paths.map((path) => readable(path, access(path))));
  if (paths.length === 0 && !urls.some((url) => url.protocol === 'tls:')) {
    return undefined;
  }
  return {
    ...identityCheck(urls),
    ...(ca === undefined ? {} : { caFile: ca }),
    ...(cert === undefined ? {} : { certFile: cert }),
    ...(key === undefined ? {} : { keyFile: key }),
  };
}

/**
 * The client gives Node no name for a server that is addressed by number, and Node then looks for `localhost` in the
 * certificate. Here it must name one of the numbers we were given. Handed on by the client as an option of Node's.
 */
function identityCheck(urls: readonly URL[]): object {
  const addresses = urls.map((url) => url.hostname).filter((host) => isIP(host) !== 0);
  const isNameless = (host: string): boolean => host === 'localhost' && !urls.some((url) => url.hostname === host);
  return {
    checkServerIdentity: (host: string, certificate: PeerCertificate) => {
      if (!isNameless(host)) {
        return checkServerIdentity(host, certificate);
      }
      const faults = addresses.map((address) => checkServerIdentity(address, certificate));
      return faults.includes(undefined) ? undefined : faults[0];
    },
  };
}

/** Without user and password. */
function placesOf(options: ConnectionSettings): string {
  return options.servers.map((server) => new URL(server).host).join(', ');
}
