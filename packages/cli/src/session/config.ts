import { fleetbookError } from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import { type Config, parseConfig } from '@fleetbook/operations';
import type { Failure } from '../call.ts';

/** The settings of the environment; CONFIG_INVALID names every fault. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Result<Config, Failure> {
  const parsed = parseConfig(environment);
  if (parsed.ok) {
    return succeed(parsed.value);
  }
  const [first, ...others] = parsed.error.problems;
  const error = fleetbookError('CONFIG_INVALID', {
    name: first?.variable ?? 'FLEETBOOK_*',
    rule: first?.code === 'INVALID_VARIABLE' ? first.rule : `unknown, the nearest one is ${first?.nearest ?? ''}`,
    others: others.map(({ variable }) => variable),
  });
  return fail({ ...error, next: parsed.error.message.split('\n') });
}
