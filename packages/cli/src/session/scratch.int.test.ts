import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { makeScratch } from './scratch.ts';

it('what is temporary goes with a process that ends before it was removed', () => {
  const script = `
    const { makeScratch } = await import(process.argv[1]);
    makeScratch('gone', (path) => console.log('ends', path));
    process.exit(7);`;
  const module = new URL('./scratch.ts', import.meta.url).href;
  const ended = spawnSync(process.execPath, ['--input-type=module', '-e', script, module], { encoding: 'utf8' });
  expect(ended.status).toBe(7);
  expect(ended.stdout).toMatch(/^ends \S+fleetbook-gone-/);
  expect(existsSync(ended.stdout.slice('ends '.length).trim())).toBe(false);
});

it('what is temporary is removed once', async () => {
  let ends = 0;
  const listeners = process.listenerCount('exit');
  const scratch = makeScratch('once', () => {
    ends += 1;
  });
  expect(existsSync(scratch.path)).toBe(true);
  await scratch.remove();
  expect(existsSync(scratch.path)).toBe(false);
  expect([process.listenerCount('exit'), ends]).toEqual([listeners, 0]);
});
