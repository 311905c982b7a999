import { type Config, type LogChoice, type SettingName, settingNames, settings, variableOf } from './schema.ts';

const MASK = '********';

/** A variable and its value in force, safe to show: secrets are masked. `undefined` = not set and without default. */
export interface ShownSetting {
  readonly variable: string;
  readonly value: string | undefined;
}

export function showConfig(config: Config): readonly ShownSetting[] {
  return settingNames.map((name) => ({ variable: variableOf(name), value: shownValue(name, config) }));
}

function shownValue(name: SettingName, config: Config): string | undefined {
  const texts = textsOf(config[name]);
  const secret = settings.shape[name].meta()?.['secret'];
  if (texts === undefined || secret === undefined) {
    return texts?.join(',');
  }
  return secret === 'whole' ? MASK : texts.map(withoutUser).join(',');
}

/** Up to the last `@`: what stands before it may be a password, whatever signs are in it. */
function withoutUser(url: string): string {
  return url.replace(/^([^:]*:)[/\\]*.*@/s, `$1//${MASK}@`);
}

function textsOf(value: Config[SettingName]): readonly string[] | undefined {
  if (value === undefined) {
    return undefined;
  }
  if (typeof value !== 'object') {
    return [String(value)];
  }
  return isLogChoice(value) ? [logText(value)] : value;
}

function isLogChoice(value: LogChoice | readonly string[]): value is LogChoice {
  return 'adapter' in value;
}

function logText(log: LogChoice): string {
  return log.adapter === 'jetstream' ? 'jetstream' : log.connectionString;
}

/** The text of `docs/reference/configuration.md`. */
export function configurationReference(): string {
  const rows = settingNames.map((name) => {
    const { description = '' } = settings.shape[name].meta() ?? {};
    return `| \`${variableOf(name)}\` | ${defaultText(name)} | ${description} |`;
  });
  return [
    '# Configuration',
    '',
    'Settings are environment variables, read once when a process starts. An empty variable counts as not set. A',
    'process refuses to start with a `FLEETBOOK_` variable that is not in this table, or a value that breaks its rule.',
    'Those that begin with `FLEETBOOK_PASSWORD_` are for nats-server (`fleetbook nats-config`) and are not looked at.',
    '`fleetbook config print` shows the settings in force, with secrets masked.',
    '',
    '| variable | default | meaning |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

function defaultText(name: SettingName): string {
  const defaults = settings.parse({});
  const texts = textsOf(defaults[name]);
  return texts === undefined ? '' : `\`${texts.join(',')}\``;
}
