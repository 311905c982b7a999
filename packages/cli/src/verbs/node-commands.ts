import { readFile } from 'node:fs/promises';
import type { NodeAnswer } from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import { type Call, type Failure, type Run, usageFailure } from '../call.ts';
import { sendCommand } from '../session/command.ts';
import { readFileFlag } from '../session/json-file.ts';
import { ask } from '../session/question.ts';
import { readAmounts } from '../session/request.ts';
import { withService } from '../session/service-source.ts';

const BOOT_ID_FILE = '/proc/sys/kernel/random/boot_id';

export const nodeRegister: Run = async (call) => {
  const file = await readFileFlag(call);
  if (!file.ok) {
    return { failure: file.error };
  }
  const bootId = call.args.text('boot-id') ?? file.value['bootId'] ?? (await ownBootId());
  if (bootId === undefined) {
    return { failure: usageFailure('This machine does not show its boot id', 'give one with --boot-id') };
  }
  const fields = { ...file.value, node: call.args.word('NODE'), bootId };
  return sendCommand(call, { type: 'RegisterNode', role: 'agent', fields });
};

async function ownBootId(): Promise<string | undefined> {
  const text = await readFile(BOOT_ID_FILE, 'utf8').catch(() => '');
  return text.trim() === '' ? undefined : text.trim();
}

export const nodeReport: Run = async (call) => {
  const node = call.args.word('NODE');
  const file = await readFileFlag(call);
  const totals = readAmounts(call);
  if (!file.ok) {
    return { failure: file.error };
  }
  if (!totals.ok) {
    return { failure: totals.error };
  }
  const place = await placeOfReport(call, node, file.value);
  if (!place.ok) {
    return { failure: place.error };
  }
  const inventories = Object.entries(totals.value ?? {}).map(([name, total]) => ({ class: name, total }));
  const fields = {
    mode: 'full',
    ...(totals.value === undefined ? {} : { providers: [{ id: node, inventories }] }),
    ...file.value,
    node,
    ...place.value,
  };
  return sendCommand(call, { type: 'ReportInventory', role: 'agent', fields });
};

interface ReportPlace {
  readonly incarnation: unknown;
  readonly sequence: unknown;
}

/** Given by flags or file, else asked for: the current incarnation and the next sequence. */
async function placeOfReport(
  call: Call,
  node: string,
  file: Readonly<Record<string, unknown>>,
): Promise<Result<ReportPlace, Failure>> {
  const incarnation = call.args.number('incarnation') ?? file['incarnation'];
  const sequence = call.args.number('sequence') ?? file['sequence'];
  if (incarnation !== undefined && sequence !== undefined) {
    return succeed({ incarnation, sequence });
  }
  const known = await withService(call, (source) => ask(call, source, 'node', { node }));
  if (!known.ok) {
    return fail(known.error);
  }
  const { answer } = known.value;
  return succeed({ incarnation: incarnation ?? answer.incarnation, sequence: sequence ?? nextSequence(answer) });
}

function nextSequence({ inventoryStatus }: NodeAnswer): number {
  return inventoryStatus.kind === 'reported' ? inventoryStatus.sequence + 1 : 1;
}

export const nodeEnable: Run = (call) => nodeCommand(call, 'EnableNode', {});

export const nodeDisable: Run = async (call) => {
  const reason = call.args.text('reason');
  return nodeCommand(call, 'DisableNode', reason === undefined ? {} : { reason });
};

export const nodeRetire: Run = async (call) =>
  call.args.isSet('yes') || call.args.isSet('dry-run')
    ? nodeCommand(call, 'RetireNode', {})
    : { failure: usageFailure('A retired node never comes back', 'say --yes, or --dry-run to see what would be sent') };

async function nodeCommand(
  call: Call,
  type: 'EnableNode' | 'DisableNode' | 'RetireNode',
  flags: Readonly<Record<string, unknown>>,
) {
  const file = await readFileFlag(call);
  if (!file.ok) {
    return { failure: file.error };
  }
  const fields = { ...file.value, node: call.args.word('NODE'), ...flags };
  return sendCommand(call, { type, role: 'operator', fields });
}
