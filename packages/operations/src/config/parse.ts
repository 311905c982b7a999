import { fail, type Result, succeed } from '../result.ts';
import { nearest } from './nearest.ts';
import { type Config, settingNames, settings, variableOf } from './schema.ts';

export type ConfigProblem =
  | { readonly code: 'UNKNOWN_VARIABLE'; readonly variable: string; readonly nearest: string }
  | { readonly code: 'INVALID_VARIABLE'; readonly variable: string; readonly rule: string };

/** Every fault found, not only the first. A value never appears in it: it may be a secret. */
export interface ConfigError {
  readonly code: 'CONFIG_INVALID';
  readonly problems: readonly ConfigProblem[];
  /** The problems as one line each, for people. */
  readonly message: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const PREFIX = 'FLEETBOOK_';
/** Read by tests, and by a nats-server with the configuration that `nats-config` prints. */
const PREFIXES_OF_OTHERS = ['FLEETBOOK_TEST_', 'FLEETBOOK_PASSWORD_'];

const variables = settingNames.map(variableOf);

/** Settings that make sense only together with another one. */
const companions = [
  ['natsUser', 'natsPassword'],
  ['natsPassword', 'natsUser'],
  ['natsTlsCert', 'natsTlsKey'],
  ['natsTlsKey', 'natsTlsCert'],
] as const;

/**
 * Reads the `FLEETBOOK_*` variables. Other variables are not looked at; an empty one counts as absent, as container
 * files write it.
 */
export function parseConfig(environment: Environment): Result<Config, ConfigError> {
  const given = Object.entries(environment).filter(([name]) => name.startsWith(PREFIX));
  const known = new Map(settingNames.map((name) => [variableOf(name), name]));
  const problems: ConfigProblem[] = [];
  const input: Record<string, string> = {};
  for (const [variable, value] of given) {
    const setting = known.get(variable);
    if (setting !== undefined && value !== undefined && value !== '') {
      input[setting] = value;
    } else if (setting === undefined && !PREFIXES_OF_OTHERS.some((prefix) => variable.startsWith(prefix))) {
      problems.push({ code: 'UNKNOWN_VARIABLE', variable, nearest: nearest(variable, variables) ?? '' });
    }
  }
  // Read once in the life of a process: code made for these settings would cost more than it saves.
  const parsed = settings.safeParse(input, { jitless: true });
  for (const issue of parsed.error?.issues ?? []) {
    problems.push({ code: 'INVALID_VARIABLE', variable: variableOf(String(issue.path[0])), rule: issue.message });
  }
  for (const [one, other] of companions) {
    if (input[one] !== undefined && input[other] === undefined) {
      problems.push({ code: 'INVALID_VARIABLE', variable: variableOf(one), rule: `needs ${variableOf(other)} too` });
    }
  }
  return parsed.success && problems.length === 0 ? succeed(freeze(parsed.data)) : fail(errorOf(problems));
}

function errorOf(problems: readonly ConfigProblem[]): ConfigError {
  const lines = problems.map((problem) =>
    problem.code === 'UNKNOWN_VARIABLE'
      ? `${problem.variable} is not a setting; the nearest one is ${problem.nearest}`
      : `${problem.variable}: ${problem.rule}`,
  );
  return { code: 'CONFIG_INVALID', problems, message: lines.join('\n') };
}

function freeze(config: Config): Config {
  for (const value of Object.values(config)) {
    Object.freeze(value);
  }
  return Object.freeze(config);
}
