import type { FleetbookError } from '@fleetbook/contracts';
import { type Result, succeed } from '@fleetbook/domain';
import { type Readiness, type ServiceScope, startHttpServer } from '@fleetbook/operations';
import type { Program } from './program.ts';

/** Answers `/livez`, `/readyz` and `/metrics` until the scope ends. Error: PORT_IN_USE. */
export async function serveHttp(
  { config, metrics, logger }: Program,
  scope: ServiceScope,
  readiness: () => Readiness,
): Promise<Result<void, FleetbookError>> {
  if (config.httpPort === 'off') {
    return succeed(undefined);
  }
  const started = await startHttpServer({ port: config.httpPort, readiness, metrics: () => metrics.expose() });
  if (!started.ok) {
    return started;
  }
  scope.onStop('http', () => started.value.close());
  logger.info('http server listens', { port: started.value.port });
  return succeed(undefined);
}
