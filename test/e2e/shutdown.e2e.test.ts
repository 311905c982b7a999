import { afterAll, beforeAll, expect, it } from 'vitest';
import { readPage } from '../docs/pages.ts';
import { type ServicesOnServer, startServicesOnServer } from '../support/services-on-server.ts';

let services: ServicesOnServer;

beforeAll(async () => {
  services = await startServicesOnServer();
});

afterAll(() => services?.stop());

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
    const tracker = services.spawn('tracker', name, { FLEETBOOK_LOG_LEVEL: 'debug' });
    await tracker.logged({ message: 'in office' });
    const service = name === 'tracker' ? tracker : services.spawn(name, name, { FLEETBOOK_LOG_LEVEL: 'debug' });
    await service.logged({ message: 'started' });
    service.kill('SIGTERM');
    expect(await service.ended).toBe(0);
    const steps = service.lines.filter(({ message }) => message === 'shutdown step').map(({ step }) => step);
    expect(steps).toEqual(statedSteps(`The ${name}:\n`));
  },
);
