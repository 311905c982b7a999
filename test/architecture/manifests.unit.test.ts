import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

type Versions = Readonly<Record<string, string>>;

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly type: string;
  readonly dependencies?: Versions;
  readonly devDependencies?: Versions;
  readonly optionalDependencies?: Versions;
}

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly optionalDependencies?: Versions;
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(join(root, path), 'utf8'));
}

const paths = ['package.json', ...globSync('{packages,services}/*/package.json', { cwd: root })];
const manifests = paths.map((path) => ({ path, manifest: readJson<Manifest>(path) }));
const locked = readJson<{ packages: Readonly<Record<string, LockedPackage>> }>('package-lock.json').packages;
const installed = Object.entries(locked).filter(([path, { link }]) => path.includes('node_modules/') && link !== true);

describe('manifests', () => {
  it('share version, licence and module type', () => {
    const { version, license, type } = readJson<Manifest>('package.json');
    for (const { path, manifest } of manifests) {
      expect(manifest, path).toMatchObject({ version, license, type });
    }
  });

  it('are named after their folder', () => {
    for (const { path, manifest } of manifests.slice(1)) {
      const [top = '', folder = ''] = path.split('/');
      expect(manifest.name).toBe(`@fleetbook/${folder}${top === 'services' ? '-service' : ''}`);
    }
  });

  it('pin every dependency to one version', () => {
    const loose = manifests.flatMap(({ path, manifest }) =>
      Object.entries({ ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies })
        .filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))
        .map(([name, version]) => `${path}: ${name}@${version}`),
    );
    expect(loose).toEqual([]);
  });
});

describe('the lockfile', () => {
  it('pins every package by its hash and names no registry', () => {
    const faults = installed.filter(([, { version, integrity, resolved }]) => !version || !integrity || resolved);
    expect(faults.map(([path]) => path)).toEqual([]);
  });

  it('knows the optional packages of every platform, without which npm ci refuses it', () => {
    const missing = installed.flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => !isLocked(path, name))
        .map((name) => `${path} > ${name}`),
    );
    expect(missing).toEqual([]);
  });
});

/** Looks a dependency up as Node does: beside the package, then in every folder above it. */
function isLocked(from: string, name: string): boolean {
  for (let folder = from; folder !== '.'; folder = dirname(folder)) {
    if (`${folder}/node_modules/${name}` in locked) {
      return true;
    }
  }
  return `node_modules/${name}` in locked;
}
