import {
  collectProcessMetrics,
  createLogger,
  createMetrics,
  parseConfig,
  randomIds,
  runService,
} from '@fleetbook/operations';
import manifest from '../package.json' with { type: 'json' };
import { start } from './start.ts';

const EXIT_USAGE = 2;

const parsed = parseConfig(process.env);
if (parsed.ok) {
  const config = parsed.value;
  const { version } = manifest;
  const instanceId = randomIds.next();
  const logger = createLogger({
    service: 'projector',
    version,
    serviceInstanceId: instanceId,
    level: config.logLevel,
    output: 'stdout',
  });
  const metrics = createMetrics();
  collectProcessMetrics(metrics, 'projector', version);
  await runService({
    logger,
    timeoutMs: config.shutdownTimeoutMs,
    start: (scope) => start({ config, logger, metrics, version, instanceId }, scope),
  });
} else {
  process.stderr.write(`${parsed.error.message}\n`);
  process.exitCode = EXIT_USAGE;
}
