import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readJson } from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import { type Call, type Failure, usageFailure } from '../call.ts';

/** The JSON object that `--file` names; an empty one without it. The same rules as for a message body. */
export async function readFileFlag(call: Call): Promise<Result<Readonly<Record<string, unknown>>, Failure>> {
  const name = call.args.text('file');
  return name === undefined ? succeed({}) : readObjectFile(call, 'file', name);
}

/** The JSON object in the file that a flag names. The same rules as for a message body. */
export async function readObjectFile(
  call: Call,
  flag: string,
  name: string,
): Promise<Result<Readonly<Record<string, unknown>>, Failure>> {
  const bytes = await readBytes(call, flag, name);
  return bytes.ok ? readJson(bytes.value) : bytes;
}

/** The JSON value, of any size, in the file that a flag names. */
export async function readJsonFile(call: Call, flag: string, name: string): Promise<Result<unknown, Failure>> {
  const bytes = await readBytes(call, flag, name);
  if (!bytes.ok) {
    return bytes;
  }
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.value));
    return succeed(value);
  } catch (error) {
    return fail(usageFailure(`--${flag} ${name} is no JSON: ${messageOf(error)}`));
  }
}

async function readBytes(call: Call, flag: string, name: string): Promise<Result<Uint8Array, Failure>> {
  try {
    return succeed(name === '-' ? await call.terminal.readInput() : await readFile(resolve(call.directory, name)));
  } catch (error) {
    return fail(usageFailure(`--${flag} ${name} cannot be read: ${messageOf(error)}`));
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
