import { fleetbookHere } from '@fleetbook/cli/testing';
import { createMemoryLog } from '@fleetbook/event-log/memory';
import { filePartsOf, systemTimers } from '@fleetbook/operations';
import { memoryDisk } from '@fleetbook/operations/testing';
import { foundHistory } from '@fleetbook/projector/testing';
import { exportBundle } from '@fleetbook/replay';
import type { Incident } from './incidents.ts';
import { nightOf } from './night.ts';

export const INCIDENT_DIRECTORY = new URL('../../docs/incidents/', import.meta.url);

/** The log of an incident as a file: the same whenever it is made. */
export async function bundleOf({ happen }: Incident): Promise<Buffer> {
  const log = createMemoryLog();
  const writer = await foundHistory(log, { eventsPerCommit: 1, writer: 'tracker-1' });
  await happen(nightOf(writer));
  await writer.flush();
  const disk = memoryDisk();
  const bundle = await exportBundle({
    ...{ cell: 'main', log, disk, parts: filePartsOf(disk), directory: '/replay', timers: systemTimers },
    ...{ clock: { now: () => writer.now(), monotonicMs: () => 0 }, from: '1', to: String(writer.number) },
  });
  if (!bundle.ok) {
    throw new Error(bundle.error.message);
  }
  return bundle.value.bytes;
}

/** What a line prints when it is asked of the file of an incident, in a directory. */
async function printed(line: string, { name }: Pick<Incident, 'name'>, directory: string): Promise<string> {
  const words = Array.from(line.matchAll(/'([^']*)'|(\S+)/g), ([, quoted, plain]) => quoted ?? plain ?? '');
  const said = await fleetbookHere([...words, '--data', `${name}.incident`], directory);
  if (said.code > 1) {
    throw new Error(`${line}: exit code ${said.code}\n${said.stderr}`);
  }
  return said.stdout.trimEnd();
}

export async function pageOf(incident: Incident, directory: string): Promise<string> {
  const { name, title, question, steps, answer } = incident;
  const told: string[] = [];
  for (const [line, about] of steps) {
    const output = (await printed(line, incident, directory)).replaceAll(/ +$/gm, '');
    told.push(`${about}\n\n\`\`\`console\n$ fleetbook ${line} --data ${name}.incident\n${output}\n\`\`\`\n`);
  }
  const head = `# ${title}\n\n> ${question}\n\nThe log of that night is [${name}.incident](${name}.incident).\n`;
  return `${head}\n${told.join('\n')}\n${answer.join('\n')}\n`;
}
