import type { FleetbookError } from '@fleetbook/contracts';
import type { Result } from '@fleetbook/domain';
import {
  collectProcessMetrics,
  createLogger,
  createMetrics,
  giveNotice,
  parseConfig,
  randomIds,
  runService,
  type ServiceScope,
} from '@fleetbook/operations';
import type { Program } from './program.ts';

const EXIT_USAGE = 2;

/** Runs a service from its environment to its exit code. Settings that cannot be used end it with 2. */
export async function runProgram(
  { name, version }: Pick<Program, 'name' | 'version'>,
  start: (program: Program, scope: ServiceScope) => Promise<Result<void, FleetbookError>>,
): Promise<void> {
  const parsed = parseConfig(process.env);
  if (!parsed.ok) {
    process.stderr.write(`${parsed.error.message}\n`);
    process.exitCode = EXIT_USAGE;
    return;
  }
  const config = parsed.value;
  const processId = randomIds.next();
  const logger = createLogger({
    service: name,
    version,
    serviceInstanceId: processId,
    level: config.logLevel,
    output: 'stdout',
  });
  const metrics = createMetrics();
  collectProcessMetrics(metrics, name, version);
  const program = { name, config, logger, metrics, version, processId };
  await runService({
    logger,
    timeoutMs: config.shutdownTimeoutMs,
    onFailure: ({ code, message }) => giveNotice({ type: 'failed', code, message }),
    start: (scope) => start(program, scope),
  });
}
