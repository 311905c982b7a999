import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fleetbookHere } from '@fleetbook/cli/testing';
import { decodeBundle } from '@fleetbook/replay';
import { describe, expect, it } from 'vitest';
import { INCIDENTS } from './incidents.ts';
import { bundleOf, INCIDENT_DIRECTORY, pageOf } from './tell.ts';

const DIRECTORY = fileURLToPath(INCIDENT_DIRECTORY);

function logIn(bytes: Buffer): unknown {
  const bundle = decodeBundle('an incident', bytes);
  return bundle.ok ? { digest: bundle.value.manifest.digest, ...bundle.value.body } : bundle.error;
}

describe('the written incidents', () => {
  it('are all there, and nothing else', () => {
    const files = INCIDENTS.flatMap(({ name }) => [`${name}.incident`, `${name}.md`]);
    expect(readdirSync(INCIDENT_DIRECTORY).toSorted()).toEqual([...files, 'README.md'].toSorted());
    const index = readFileSync(new URL('README.md', INCIDENT_DIRECTORY), 'utf8');
    for (const { name, title } of INCIDENTS) {
      expect(index).toContain(`[${title}](${name}.md)`);
    }
  });

  it.each(INCIDENTS)('$name has the log that its script makes, which proves itself', async (incident) => {
    const bytes = readFileSync(new URL(`${incident.name}.incident`, INCIDENT_DIRECTORY));
    expect(logIn(bytes)).toEqual(logIn(await bundleOf(incident)));
    const opened = await fleetbookHere(['incident', 'open', `${incident.name}.incident`], DIRECTORY);
    expect(opened, opened.stderr).toMatchObject({ code: 0 });
  });

  it.each(INCIDENTS)('$name shows what its commands print', async (incident) => {
    const page = readFileSync(new URL(`${incident.name}.md`, INCIDENT_DIRECTORY), 'utf8');
    expect(page).toBe(await pageOf(incident, DIRECTORY));
  });
});
