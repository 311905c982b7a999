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
  const value = textOf(config[name]);
  if (value === undefined) {
    return undefined;
  }
  const secret = settings.shape[name].meta()?.['secret'];
  if (secret === 'whole') {
    return MASK;
  }
  return secret === 'userinfo' ? value.replaceAll(/\/\/[^,\s]*@/g, `//${MASK}@`) : value;
}

function textOf(value: Config[SettingName]): string | undefined {
  if (value === undefined || typeof value === 'string') {
    return value;
  }
  if (typeof value === 'number') {
    return String(value);
  }
  return isLogChoice(value) ? logText(value) : value.join(',');
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
  const value = textOf(defaults[name]);
  return value === undefined ? '' : `\`${value}\``;
}
