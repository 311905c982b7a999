import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readPage } from '../docs/pages.ts';
import { type ServicesOnServer, startServicesOnServer } from '../support/services-on-server.ts';

let services: ServicesOnServer;
let archive: string;

beforeAll(async () => {
  services = await startServicesOnServer();
  archive = await mkdtemp(join(tmpdir(), 'fleetbook-archive-'));
});

afterAll(async () => {
  await services?.stop();
  await rm(archive, { recursive: true, force: true });
});

/** The steps in the table that follows these words on the page on operating. */
function statedSteps(words: string): readonly string[] {
  const [, after = ''] = readPage('docs/operating.md').text.split(`\n${words}\n`);
  const [, table = ''] = after.split('| --- | --- |\n');
  const [rows = ''] = table.split('\n\n');
  return rows.split('\n').map((row) => /^\| `([^`]+)` \|/.exec(row)?.[1] ?? row);
}

it.each(['tracker', 'projector'] as const)(
  'a %s stops in the order that the page on operating states',
  async (name) => {
    const settings = { FLEETBOOK_LOG_LEVEL: 'debug', FLEETBOOK_ARCHIVE_DIRECTORY: archive };
    const tracker = services.spawn('tracker', name, settings);
    await tracker.logged({ message: 'in office' });
    const service = name === 'tracker' ? tracker : services.spawn(name, name, settings);
    await service.logged({ message: 'started' });
    service.kill('SIGTERM');
    expect(await service.ended).toBe(0);
    const steps = service.lines.filter(({ message }) => message === 'shutdown step').map(({ step }) => step);
    expect(steps).toEqual(statedSteps(`The ${name}:\n`));
  },
);
