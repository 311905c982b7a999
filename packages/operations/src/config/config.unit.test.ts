import { describe, expect, it } from 'vitest';
import { configurationReference, showConfig } from './describe.ts';
import { nearest } from './nearest.ts';
import { parseConfig } from './parse.ts';
import { type Config, settingNames, settings, variableOf } from './schema.ts';

function parse(environment: Record<string, string>): Config {
  const parsed = parseConfig(environment);
  if (!parsed.ok) {
    throw new Error(parsed.error.message);
  }
  return parsed.value;
}

function faults(environment: Record<string, string>): string[] {
  const parsed = parseConfig(environment);
  return parsed.ok ? [] : parsed.error.message.split('\n');
}

describe('configuration', () => {
  it('has a default for every setting that is not optional', () => {
    expect(parse({})).toEqual({
      cell: 'main',
      log: { adapter: 'jetstream' },
      data: '.fleetbook',
      httpPort: 0,
      logLevel: 'info',
      appendTimeoutMs: 2_000,
      storageIntervalMs: 5_000,
      refusalsPerSecond: 100,
      refusalBurst: 1_000,
      shutdownTimeoutMs: 10_000,
      outcomeRetentionMs: 600_000,
      projectionStart: 'checkpoint',
      staleAnswers: 'mark',
      reportIntervalMs: 60_000,
      clockSkewMs: 5_000,
      fitWorkLimit: 100_000,
      checkpointIntervalMs: 30_000,
      snapshotIntervalMs: 60_000,
      highWaterMarkIntervalMs: 200,
      archiveIntervalMs: 500,
    });
  });

  it('is frozen', () => {
    const config = parse({ FLEETBOOK_NATS_URL: 'nats://a:1' });
    expect([config, config.log, config.natsUrl].every(Object.isFrozen)).toBe(true);
  });

  it('reads numbers, lists, ports and the log', () => {
    expect(
      parse({
        FLEETBOOK_NATS_URL: 'nats://one:4222, tls://two:4222',
        FLEETBOOK_LOG: 'esdb+discover://admin:secret@one:2113',
        FLEETBOOK_HTTP_PORT: 'off',
        FLEETBOOK_APPEND_TIMEOUT_MS: '250',
      }),
    ).toMatchObject({
      natsUrl: ['nats://one:4222', 'tls://two:4222'],
      log: { adapter: 'eventstoredb', connectionString: 'esdb+discover://admin:secret@one:2113' },
      httpPort: 'off',
      appendTimeoutMs: 250,
    });
  });

  it('refuses an unknown variable by name, with the nearest known one', () => {
    expect(faults({ FLEETBOOK_NATSURL: 'nats://a:1' })).toEqual([
      'FLEETBOOK_NATSURL is not a setting; the nearest one is FLEETBOOK_NATS_URL',
    ]);
  });

  it('leaves variables of tests and of others alone, and takes an empty one as absent', () => {
    expect(parse({ FLEETBOOK_TEST_SEED: '1', FLEETBOOKS: 'x', HOME: '/', FLEETBOOK_CELL: '' }).cell).toBe('main');
  });

  it('leaves the passwords alone that a nats-server with the configuration of nats-config reads', () => {
    expect(parse({ FLEETBOOK_PASSWORD_agent_2ea: '"x"' }).cell).toBe('main');
    expect(faults({ FLEETBOOK_PASSWORD: 'x' })).toEqual([
      'FLEETBOOK_PASSWORD is not a setting; the nearest one is FLEETBOOK_NATS_PASSWORD',
    ]);
  });

  it.each([
    ['FLEETBOOK_CELL', 'a b'],
    ['FLEETBOOK_CELL', 'x'.repeat(33)],
    ['FLEETBOOK_LOG', 'memory'],
    ['FLEETBOOK_NATS_URL', 'http://a:1'],
    ['FLEETBOOK_NATS_URL', 'nats://a:1,,'],
    ['FLEETBOOK_NATS_MONITORING_URL', 'nats://a:1'],
    ['FLEETBOOK_HTTP_PORT', '70000'],
    ['FLEETBOOK_HTTP_PORT', '-1'],
    ['FLEETBOOK_LOG_LEVEL', 'loud'],
    ['FLEETBOOK_APPEND_TIMEOUT_MS', '1.5'],
    ['FLEETBOOK_APPEND_TIMEOUT_MS', '1e3'],
    ['FLEETBOOK_SHUTDOWN_TIMEOUT_MS', '-5'],
  ])('refuses %s=%s, naming the variable and not the value', (variable, value) => {
    expect(faults({ [variable]: value })).toEqual([expect.stringMatching(new RegExp(`^${variable}: `))]);
  });

  it.each([
    ['FLEETBOOK_APPEND_TIMEOUT_MS', '600001', 'must be from 10 to 600000'],
    ['FLEETBOOK_REFUSALS_PER_SECOND', '0', 'must be from 1 to 1000000'],
    ['FLEETBOOK_HTTP_PORT', '70000', 'must be a port from 0 to 65535, or off'],
    ['FLEETBOOK_DATA', 'x'.repeat(4_097), 'must have at most 4096 characters'],
  ])('says the bounds of %s', (variable, value, rule) => {
    expect(faults({ [variable]: value })).toEqual([`${variable}: ${rule}`]);
  });

  it('reports every fault at once', () => {
    expect(faults({ FLEETBOOK_CEL: 'x', FLEETBOOK_LOG: 'x', FLEETBOOK_NATS_USER: 'x' })).toHaveLength(3);
  });

  it.each(['NATS_USER', 'NATS_PASSWORD', 'NATS_TLS_CERT', 'NATS_TLS_KEY'])(
    'refuses %s without its companion',
    (name) => {
      expect(faults({ [`FLEETBOOK_${name}`]: 'x' })).toEqual([expect.stringContaining('needs FLEETBOOK_NATS_')]);
    },
  );

  it('never repeats a value in a fault', () => {
    expect(JSON.stringify(parseConfig({ FLEETBOOK_LOG: 'hunter2', FLEETBOOK_NATS_PASWORD: 'hunter2' }))).not.toContain(
      'hunter2',
    );
  });

  it('shows secrets masked', () => {
    const shown = JSON.stringify(
      showConfig(
        parse({
          FLEETBOOK_NATS_URL: 'nats://joe:hunter2@a:1,nats://ann:hunter2@b:1',
          FLEETBOOK_NATS_USER: 'joe',
          FLEETBOOK_NATS_PASSWORD: 'hunter2',
          FLEETBOOK_LOG: 'esdb://admin:hun/ter2@a:2113',
          FLEETBOOK_NATS_MONITORING_URL: 'http:joe:hunter2 hunter2,@a:8222',
        }),
      ),
    );
    expect(shown).not.toMatch(/hunter2|hun\/ter2/);
    expect(shown).toContain('"FLEETBOOK_NATS_USER","value":"joe"');
    expect(shown).toContain('nats://********@a:1,nats://********@b:1');
  });

  it('shows every setting', () => {
    expect(showConfig(parse({})).map(({ variable }) => variable)).toEqual(settingNames.map(variableOf));
  });

  it('describes every setting in one sentence', () => {
    for (const name of settingNames) {
      expect(settings.shape[name].meta()?.description, name).toMatch(/^[^|]+\.$/);
    }
  });

  it('is documented as it is', async () => {
    await expect(configurationReference()).toMatchFileSnapshot('../../../../docs/reference/configuration.md');
  });
});

describe('nearest', () => {
  it.each([
    ['FLEETBOOK_DATE', 'FLEETBOOK_DATA'],
    ['FLEETBOOK_PORT', 'FLEETBOOK_HTTP_PORT'],
    ['FLEETBOOK_NATS_PASS', 'FLEETBOOK_NATS_USER'],
  ])('of %s is %s', (name, expected) => {
    expect(nearest(name, ['FLEETBOOK_DATA', 'FLEETBOOK_HTTP_PORT', 'FLEETBOOK_NATS_USER'])).toBe(expected);
  });

  it('of nothing is nothing', () => {
    expect(nearest('a', [])).toBeUndefined();
  });
});
