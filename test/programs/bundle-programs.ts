import { cpSync, globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('../..', import.meta.url));
const SERVICES = ['tracker', 'projector'] as const;
/** A module that is started as a thread is named by a URL, which a bundler leaves alone. */
const THREAD = /new URL\('\.\/([\w-]+)\.ts', import\.meta\.url\)/g;

/**
 * Lays out the services and the command as an installation does, each program in a few files instead of hundreds of
 * modules. The command is `bin/fleetbook`, and finds the services by their names.
 */
export async function bundlePrograms(directory: string): Promise<void> {
  const services = SERVICES.map((name) => [name, `services/${name}/src/main.ts`]);
  const bundle = await rolldown({
    cwd: root,
    platform: 'node',
    input: {
      ...Object.fromEntries([...services, ...threads()]),
      command: 'packages/cli/src/main.ts',
      'run-line': 'packages/cli/src/run-line.ts',
    },
    plugins: [{ name: 'threads', transform: { filter: { id: /\.ts$/ }, handler: renameThreads } }],
  });
  await bundle.write({ dir: join(directory, 'lib'), entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' });
  await bundle.close();
  const { name, version } = JSON.parse(readFileSync(join(root, 'packages/cli/package.json'), 'utf8'));
  writePackage(directory, { name, version, imports: { '#main': './lib/command.js' } });
  cpSync(join(root, 'packages/cli/bin'), join(directory, 'bin'), { recursive: true });
  symlinkSync('fleetbook.mjs', join(directory, 'bin/fleetbook'));
  for (const service of SERVICES) {
    const home = join(directory, 'node_modules/@fleetbook', `${service}-service`);
    writePackage(home, { exports: './main.js' });
    writeFileSync(join(home, 'main.js'), `await import('../../../lib/${service}.js');\n`);
  }
  symlinkSync(join(root, 'node_modules/@eplightning'), join(directory, 'node_modules/@eplightning'));
}

function writePackage(directory: string, manifest: object): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ type: 'module', ...manifest }));
}

/** Every module that is started as a thread, by its name. */
function threads(): [string, string][] {
  const sources = globSync('{packages,services}/*/src/**/*.ts', { cwd: root });
  return sources.flatMap((path) =>
    [...readFileSync(join(root, path), 'utf8').matchAll(THREAD)].map(([, name = '']): [string, string] => [
      name,
      join(dirname(path), `${name}.ts`),
    ]),
  );
}

function renameThreads(code: string): string {
  return code.replaceAll(THREAD, "new URL('./$1.js', import.meta.url)");
}
