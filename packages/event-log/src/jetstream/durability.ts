import type { NatsConnection } from 'nats';
import type { Durability } from '../port.ts';
import { fieldOf } from './api.ts';
import { JetStreamSetupError } from './setup-error.ts';

/**
 * What the server's monitoring endpoint says of how it stores. It counts only if it is of the server connected to.
 * Throws JetStreamSetupError for a server that acknowledges before it has synced to disk.
 */
export async function askDurability(
  connection: NatsConnection,
  monitoringUrl: string | undefined,
  timeoutMs: number,
): Promise<Durability> {
  if (monitoringUrl === undefined) {
    return 'unverified';
  }
  const facts = await fetchServerFacts(connection, monitoringUrl, timeoutMs);
  if (facts === undefined) {
    return 'unverified';
  }
  if (fieldOf(facts, 'config', 'sync_always') !== true) {
    const message = `set "sync_interval: always" in the jetstream block of the server at ${monitoringUrl}`;
    throw new JetStreamSetupError(message, 'WEAK_DURABILITY');
  }
  return 'verified';
}

/** What the monitoring endpoint says of JetStream; undefined unless it is of the server connected to. */
export async function fetchServerFacts(
  connection: NatsConnection,
  monitoringUrl: string | undefined,
  timeoutMs: number,
): Promise<unknown> {
  if (monitoringUrl === undefined) {
    return undefined;
  }
  const facts = await fetchFacts(new URL('jsz', withSlash(monitoringUrl)), timeoutMs);
  return fieldOf(facts, 'server_id') === connection.info?.server_id ? facts : undefined;
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}

async function fetchFacts(url: URL, timeoutMs: number): Promise<unknown> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    return response.ok ? await response.json() : undefined;
  } catch {
    // Unreachable or no JSON: then nothing is known, which is an answer.
    return undefined;
  }
}
