import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';

const SCHEME = /^esdb(\+discover)?:\/\//;
const USER = /^[^:@?]+:[^:@?]+$/;
const HOST = /^[A-Za-z0-9._-]+(?::(?<port>\d{1,5}))?$/;
const HIGHEST_PORT = 65_535;
const NODE_PREFERENCES = ['leader', 'follower', 'random', 'readonlyreplica'];

/** What the value of an option has to be; undefined where it is. */
type Rule = (value: string) => string | undefined;

const isTrueOrFalse: Rule = (value) => (/^(true|false)$/.test(value) ? undefined : 'must be true or false');
const isCount: Rule = (value) => (/^[1-9]\d{0,8}$/.test(value) ? undefined : 'must be a whole number from 1');
const isText: Rule = (value) => (decoded(value) === undefined ? 'must be percent-encoded' : undefined);
const isTrue: Rule = (value) => (value === 'true' ? undefined : 'must be true: the client always verifies');
const isPreference: Rule = (value) =>
  NODE_PREFERENCES.includes(flat(value)) ? undefined : 'must be leader, follower, random or readOnlyReplica';
const isAuthority: Rule = (value) => faultOfFile(value, (bytes) => new X509Certificate(bytes));
const isCertificate: Rule = (value) => faultOfFile(value, (bytes) => createSecureContext({ cert: bytes }));
const isKey: Rule = (value) => faultOfFile(value, createPrivateKey);

/** The client warns of an interval below 10 s on the standard error. */
const isInterval: Rule = (value) =>
  value === '-1' || /^[1-9]\d{4,8}$/.test(value) ? undefined : 'must be -1 for never, or 10000 ms and more';

const rules: Readonly<Record<string, Rule>> = {
  connectionName: isText,
  defaultDeadline: isCount,
  discoveryInterval: isCount,
  gossipTimeout: isCount,
  keepAliveInterval: isInterval,
  keepAliveTimeout: isCount,
  maxDiscoverAttempts: isCount,
  nodePreference: isPreference,
  throwOnAppendFailure: isTrueOrFalse,
  tls: isTrueOrFalse,
  tlsCAFile: isAuthority,
  tlsVerifyCert: isTrue,
  userCertFile: isCertificate,
  userKeyFile: isKey,
};

/** As the client reads them: in any case, with `_` and `-` wherever. */
const options = new Map(Object.entries(rules).map(([name, rule]) => [flat(name), { name, rule }]));

/**
 * What is wrong with the connection string of an EventStoreDB, files it names included; undefined where nothing is.
 * Never repeats a part of it: with a character left out, any part may be the password.
 */
export function faultOfConnectionString(text: string): string | undefined {
  if (!SCHEME.test(text)) {
    return 'must be jetstream, esdb://… or esdb+discover://…';
  }
  if (/\s/.test(text)) {
    return 'must not contain white space';
  }
  const rest = text.replace(SCHEME, '');
  const at = rest.lastIndexOf('@');
  if (at >= 0 && !isUser(rest.slice(0, at))) {
    return 'must have user:password before the @, with : @ ? and % in them percent-encoded';
  }
  const [hosts = '', ...queries] = rest.slice(at + 1).split('?');
  return faultOfHosts(hosts.replace(/\/+$/, '')) ?? faultOfOptions(queries);
}

function isUser(text: string): boolean {
  return USER.test(text) && decoded(text) !== undefined;
}

function faultOfHosts(hosts: string): string | undefined {
  for (const host of hosts.split(',')) {
    const match = HOST.exec(host);
    const port = Number(match?.groups?.['port'] ?? 1);
    if (match === null || port < 1 || port > HIGHEST_PORT) {
      return 'must name host:port, several by commas, with a port from 1 to 65535';
    }
  }
  return undefined;
}

function faultOfOptions(queries: readonly string[]): string | undefined {
  const [query] = queries;
  if (query === undefined) {
    return undefined;
  }
  const given = new Map<string, string>();
  for (const [index, option] of query.split('&').entries()) {
    const [key = '', value = '', ...more] = option.split('=');
    const known = options.get(flat(key));
    if (queries.length > 1 || known === undefined || value === '' || more.length > 0) {
      return `option ${index + 1} must be key=value with one of the keys ${Object.keys(rules).join(', ')}`;
    }
    const fault = known.rule(value);
    if (fault !== undefined) {
      return `${known.name} ${fault}`;
    }
    given.set(known.name, value);
  }
  return faultOfPair(given.get('userCertFile'), given.get('userKeyFile'));
}

function faultOfPair(certificate: string | undefined, key: string | undefined): string | undefined {
  if (certificate === undefined && key === undefined) {
    return undefined;
  }
  if (certificate === undefined || key === undefined) {
    return 'must have both userCertFile and userKeyFile, or neither';
  }
  const fault = faultOfFile(certificate, (cert) =>
    createSecureContext({ cert, key: readFileSync(decoded(key) ?? '') }),
  );
  return fault === undefined ? undefined : 'userKeyFile must be the key of userCertFile';
}

function faultOfFile(value: string, read: (bytes: Buffer) => unknown): string | undefined {
  try {
    read(readFileSync(decoded(value) ?? ''));
    return undefined;
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? ` (${error.code})` : '';
    return `must be a readable file in PEM${reason}`;
  }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function flat(text: string): string {
  return text.toLowerCase().replaceAll(/[_-]/g, '');
}
