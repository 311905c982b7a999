import { fleetbookError, type ProjectionAnswer } from '@fleetbook/contracts';
import type { Call, Ending, Failure } from '../call.ts';
import { printFacts } from '../output/table.ts';
import { ask } from '../session/question.ts';
import type { Source } from '../session/source.ts';

/**
 * That no service runs on a directory, and what it holds: read by this process, so that it says nothing of a service.
 *
 * @param services what the document says in the place of their answers.
 */
export async function tellAtRest(
  call: Call,
  source: Source,
  services: (error: Failure) => Readonly<Record<string, unknown>>,
): Promise<Ending> {
  const reply = await ask(call, source, 'projection', {});
  if (!reply.ok) {
    return { failure: reply.error };
  }
  const { number, status, checks, digestVersion, digest, checkpoint } = reply.value.answer;
  const place = call.args.text('data') ?? call.directory;
  const failure = fleetbookError('UNAVAILABLE', {
    service: `Cell ${source.cell}`,
    reason: `no service runs on ${place}`,
  });
  if (!call.args.isSet('json')) {
    call.terminal.print(`No service runs on ${place}. This command has read there:`);
    printFacts(call.terminal, [
      ['last event', number],
      ['inventory', [status, ...faultsOf(checks)].join(', ')],
      ['digest', digest],
      ['checkpoint', checkpoint === undefined ? 'none' : checkpoint.number],
    ]);
  }
  const directory = { number, status, checks, digestVersion, digest, ...(checkpoint && { checkpoint }) };
  return { failure: { ...failure, document: { cell: source.cell, ...services(failure), directory } } };
}

function faultsOf(checks: ProjectionAnswer['checks']): readonly string[] {
  return checks.flatMap(({ name, reason }) => (reason === undefined ? [] : [`${name}: ${reason}`]));
}
