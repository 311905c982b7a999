import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readJson } from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import { type Call, type Failure, usageFailure } from '../call.ts';

/** The JSON object that `--file` names; an empty one without it. The same rules as for a message body. */
export async function readFileFlag(call: Call): Promise<Result<Readonly<Record<string, unknown>>, Failure>> {
  const name = call.args.text('file');
  if (name === undefined) {
    return succeed({});
  }
  try {
    return readJson(name === '-' ? await call.terminal.readInput() : await readFile(resolve(call.directory, name)));
  } catch (error) {
    return fail(usageFailure(`--file ${name} cannot be read: ${error instanceof Error ? error.message : error}`));
  }
}
