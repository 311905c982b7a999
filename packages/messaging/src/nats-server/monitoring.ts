/** What the server's HTTP monitoring says; undefined when it does not answer or says something else. */
async function ask(monitoringUrl: string, path: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const answer = await fetch(new URL(path, monitoringUrl), { signal: AbortSignal.timeout(ASK_TIMEOUT_MS) });
    const body: unknown = answer.ok ? await answer.json() : undefined;
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
