import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { SecondAct } from '@fleetbook/workload';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sourceEnvironment } from '../testing/prepared.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../..', import.meta.url));
const inClone = { cwd: root, env: sourceEnvironment() };
const directory = `.fleetbook/demo-test-${process.pid}`;

interface Result {
  readonly [key: string]: unknown;
  readonly accepted: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly secondAct: SecondAct;
  readonly killed: readonly { readonly service: string; readonly pid: number; readonly newPid: number }[];
  readonly digests: { readonly live: string; readonly replay: string; readonly reference: string };
}

let lines: string[] = [];

beforeAll(async () => {
  const words = ['demo', '--nodes', '40', '--tasks', '240', '--data', directory, '--json'];
  const { stdout } = await run('npm', ['run', '--silent', 'fleetbook', '--', ...words], inClone);
  lines = stdout.trimEnd().split('\n');
});

afterAll(() => rm(`${root}/${directory}`, { recursive: true, force: true }));

describe('the demo', () => {
  it('ends with one JSON object: every task decided, both services killed and back, three equal digests', () => {
    const result: Result = JSON.parse(lines.at(-1) ?? '');
    const refusals = Object.values(result.refused).reduce((sum, count) => sum + count, 0);
    expect(result.accepted + refusals).toBe(240);
    expect(result.killed.map(({ service }) => service)).toEqual(['projector', 'tracker']);
    for (const { pid, newPid } of result.killed) {
      expect(newPid).not.toBe(pid);
    }
    expect(result.digests.live).toMatch(/^[0-9a-f]{32}$/);
    expect(new Set(Object.values(result.digests)).size).toBe(1);
    expect(result).toMatchObject({
      nodes: 40,
      commands: expect.any(Number),
      events: expect.any(Number),
      commits: expect.any(Number),
      claimsPerSecond: expect.any(Number),
      claimP50Ms: expect.any(Number),
      claimP99Ms: expect.any(Number),
      seconds: expect.any(Number),
    });
  });

  it('lets guests drift in its second act, heals what each policy allows, and more only once that is stated', () => {
    const { secondAct }: Result = JSON.parse(lines.at(-1) ?? '');
    const { found, healed, large, open } = secondAct.healing;
    expect(found).toMatchObject({ 'amounts-differ': 1, 'guest-missing': 1, 'guest-unknown': 1 });
    expect(found).toMatchObject({ 'guest-elsewhere': 1, 'guest-on-two-nodes': 1 });
    expect(healed).toEqual({ 'heal-safe': { 'release-done': 1 + large.count }, 'heal-all': { 'guest-unknown': 1 } });
    expect(large.count).toBeGreaterThan(large.limit);
    expect(large.freed).toBe(large.count);
    expect(open.toSorted()).toEqual(['amounts-differ', 'guest-elsewhere', 'guest-missing', 'guest-on-two-nodes']);
  });

  it('prints commands that work as they stand, with nothing running', async () => {
    const commands = lines.filter((line) => line.startsWith('  npm run --silent fleetbook'));
    expect(commands).toHaveLength(3);
    for (const command of commands) {
      const { stdout } = await run('sh', ['-c', command.trim()], inClone);
      expect(stdout.length).toBeGreaterThan(0);
    }
  });
});
