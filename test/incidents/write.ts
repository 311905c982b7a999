import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { INCIDENTS } from './incidents.ts';
import { bundleOf, INCIDENT_DIRECTORY, pageOf } from './tell.ts';

for (const incident of INCIDENTS) {
  writeFileSync(new URL(`${incident.name}.incident`, INCIDENT_DIRECTORY), await bundleOf(incident));
  const page = await pageOf(incident, fileURLToPath(INCIDENT_DIRECTORY));
  writeFileSync(new URL(`${incident.name}.md`, INCIDENT_DIRECTORY), page);
}
