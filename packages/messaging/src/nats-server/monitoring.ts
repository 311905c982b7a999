/** What the server's HTTP monitoring says, good or bad; undefined when it does not answer or says something else. */
async function ask(monitoringUrl: string, path: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const answer = await fetch(new URL(path, monitoringUrl), { signal: AbortSignal.timeout(ASK_TIMEOUT_MS) });
    const body: unknown = await answer.json();
    return isRecord(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

const ASK_TIMEOUT_MS = 2_000;

/** True once the server takes connections and has recovered its streams. */
export async function isHealthy(monitoringUrl: string): Promise<boolean> {
  return (await ask(monitoringUrl, '/healthz'))?.['status'] === 'ok';
}

/**
 * Why the server has given up writing a stream; undefined while it writes, and when it does not answer. It does not try
 * again by itself, whatever becomes of the cause: only a new start makes it write again.
 */
export async function writeFaultAt(monitoringUrl: string): Promise<string | undefined> {
  const fault = (await ask(monitoringUrl, '/healthz'))?.['error'];
  return typeof fault === 'string' && fault.includes(WRITE_FAULT) ? fault : undefined;
}

const WRITE_FAULT = 'write error';

export async function serverNameAt(monitoringUrl: string): Promise<string | undefined> {
  const name = (await ask(monitoringUrl, '/varz'))?.['server_name'];
  return typeof name === 'string' ? name : undefined;
}

/**
 * How a server syncs appends: `always` before it acknowledges, `lazy` some time after, `unknown` when its monitoring
 * does not tell.
 */
export async function syncModeAt(monitoringUrl: string): Promise<'always' | 'lazy' | 'unknown'> {
  const varz = await ask(monitoringUrl, '/varz');
  const jetstream = varz?.['jetstream'];
  const config = isRecord(jetstream) ? jetstream['config'] : undefined;
  if (!isRecord(config) || typeof config['store_dir'] !== 'string') {
    return 'unknown';
  }
  return config['sync_always'] === true ? 'always' : 'lazy';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
