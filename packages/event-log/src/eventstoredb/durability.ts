import type { Durability } from '../port.ts';
import { isFields } from './record.ts';

const LOOKUP_TIMEOUT_MS = 2_000;

/** `esdb://[user:password@]host[:port][/][?options]` with one host. */
const SINGLE_NODE =
  /^esdb:\/\/(?:(?<user>[^:@/]+):(?<password>[^@/]*)@)?(?<host>[^,/?@:]+)(?::(?<port>\d+))?\/?(?:\?.*)?$/i;

/**
 * 'verified' if one server answers for itself that it keeps the log in files and flushes them.
 * Of a cluster, of a server that does not answer and of one that denies the question, nothing is known.
 */
export async function lookUpDurability(connectionString: string): Promise<Durability> {
  const request = optionsRequest(connectionString);
  if (request === undefined) {
    return 'unverified';
  }
  try {
    const response = await fetch(request.url, {
      headers: request.headers,
      signal: AbortSignal.timeout(LOOKUP_TIMEOUT_MS),
    });
    return response.ok && isDurable(await response.json()) ? 'verified' : 'unverified';
  } catch {
    return 'unverified';
  }
}

function optionsRequest(connectionString: string): { url: string; headers: Record<string, string> } | undefined {
  const parts = SINGLE_NODE.exec(connectionString.trim())?.groups;
  if (parts === undefined) {
    return undefined;
  }
  const { user, password = '', host, port = '2113' } = parts;
  const isSecure = !/[?&]tls=false(?:&|$)/i.test(connectionString);
  const credentials = `${decodeURIComponent(user ?? '')}:${decodeURIComponent(password)}`;
  const headers = { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
  const url = `${isSecure ? 'https' : 'http'}://${host}:${port}/info/options`;
  return { url, headers: isSecure && user !== undefined ? headers : {} };
}

function isDurable(options: unknown): boolean {
  const values = new Map<string, string>();
  for (const option of Array.isArray(options) ? options : []) {
    if (isFields(option) && typeof option['name'] === 'string') {
      values.set(option['name'], String(option['value']).toLowerCase());
    }
  }
  return (
    values.get('ClusterSize') === '1' &&
    values.get('MemDb') === 'false' &&
    values.get('UnsafeDisableFlushToDisk') === 'false'
  );
}
