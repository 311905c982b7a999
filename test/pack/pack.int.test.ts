import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { blocksOf, readPages, root } from '../docs/pages.ts';

const run = promisify(execFile);
// Every program below finds the Node that runs this test first.
const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env['PATH']}` };

let project: string;
let bin: string;
let up: ChildProcess | undefined;

beforeAll(async () => {
  await run(process.execPath, [join(root, 'test/pack/pack.ts')], { env });
  const tarballs = globSync('*.tgz', { cwd: join(root, 'dist') }).map((name) => join(root, 'dist', name));
  project = await mkdtemp(join(tmpdir(), 'fleetbook-pack-'));
  bin = join(project, 'node_modules/.bin/fleetbook');
  await writeFile(join(project, 'package.json'), '{"name":"stranger","private":true,"type":"module"}\n');
  const options = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  await run('npm', ['install', ...options, ...tarballs], { cwd: project, env });
});

afterAll(async () => {
  if (up !== undefined && up.exitCode === null) {
    const ended = new Promise((resolve) => up?.once('close', resolve));
    up.kill('SIGINT');
    await ended;
  }
  await rm(project, { recursive: true, force: true, maxRetries: 5 });
});

it('contains no TypeScript sources, tests or test data', async () => {
  const files = globSync('node_modules/@fleetbook/*/**/*.*', { cwd: project });
  expect(files.length).toBeGreaterThan(100);
  expect(files.filter((file) => /(?<!\.d)\.ts$|\.test\.|\/testing\/|\.csv$|\.snap$/.test(file))).toEqual([]);
});

it('tells its version', async () => {
  const { stdout } = await run(bin, ['--version'], { cwd: project, env });
  expect(stdout).toBe('0.1.0\n');
});

it('brings declarations that the TypeScript of every page is checked with, as strictly as the code', async () => {
  await cp(join(root, 'test/pack/agent.ts'), join(project, 'agent.ts'));
  const blocks = readPages()
    .flatMap(blocksOf)
    .filter(({ language }) => language === 'ts');
  expect(blocks.length).toBeGreaterThan(0);
  for (const { page, line, text } of blocks) {
    await writeFile(join(project, `${page.replaceAll('/', '-')}-${line}.ts`), text);
  }
  // The declarations of `nats` are not as strict.
  const compilerOptions = { typeRoots: [join(root, 'node_modules/@types')], skipLibCheck: true };
  expect(await faultsIn({ extends: join(root, 'tsconfig.json'), compilerOptions, include: ['*.ts'] })).toBe('');
});

it('brings declarations that need no settings of their own', async () => {
  await cp(join(root, 'test/pack/agent.ts'), join(project, 'agent.ts'));
  const compilerOptions = { strict: true, module: 'nodenext', target: 'es2023' };
  expect(await faultsIn({ compilerOptions, include: ['agent.ts'] })).toBe('');
});

/** What the compiler says of the project with these settings. */
async function faultsIn(config: object): Promise<string> {
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify(config));
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const checked = await run(process.execPath, [tsc, '--noEmit', '--project', project], { env }).catch(
    (error: { readonly stdout: string }) => error,
  );
  return checked.stdout;
}

it('runs a ten-line agent against a cell that it started', async () => {
  up = spawn(bin, ['up', '--port', '0'], { cwd: project, env });
  let output = '';
  up.stdout?.on('data', (chunk) => {
    output += String(chunk);
  });
  up.stderr?.on('data', (chunk) => {
    output += String(chunk);
  });
  await expect.poll(() => output).toContain(' is up: ');
  const { stdout } = await run(process.execPath, ['agent.ts'], { cwd: project, env });
  expect(JSON.parse(stdout)).toMatchObject({ outcome: 'accepted', usage: [{ class: 'VCPU', charged: 2 }] });
  const verified = await run(bin, ['verify'], { cwd: project, env });
  expect(verified.stdout).toContain('It can be trusted');
  const past = await run(bin, ['state', '--as-of', '1'], { cwd: project, env });
  expect(past.stderr).toContain('proof: every event folded from the log');
});
