import { readFile } from 'node:fs/promises';
import type { NodeAnswer } from '@fleetbook/contracts';
import { type CommandType, fail, type Result, succeed } from '@fleetbook/domain';
import { type Call, type Ending, type Failure, type Run, usageFailure } from '../call.ts';
import { type Fields, numberFields, sendGiven, textFields } from '../session/fields.ts';
import { ask } from '../session/question.ts';
import { readAmounts } from '../session/request.ts';
import { withService } from '../session/service-source.ts';

const BOOT_ID_FILE = '/proc/sys/kernel/random/boot_id';

export const nodeRegister: Run = (call) =>
  sendGiven(call, 'RegisterNode', 'agent', async (file) => {
    const bootId = call.args.text('boot-id') ?? file['bootId'] ?? (await ownBootId());
    return bootId === undefined
      ? fail(usageFailure('This machine does not show its boot id', 'give one with --boot-id'))
      : succeed({ node: call.args.word('NODE'), bootId });
  });

async function ownBootId(): Promise<string | undefined> {
  const text = await readFile(BOOT_ID_FILE, 'utf8').catch(() => '');
  return text.trim() === '' ? undefined : text.trim();
}

export const nodeReport: Run = (call) =>
  sendGiven(call, 'ReportInventory', 'agent', async (file) => {
    const node = call.args.word('NODE');
    const report = readReport(call, node);
    if (!report.ok) {
      return report;
    }
    const place = await placeOfReport(call, node, file);
    return place.ok ? succeed({ mode: 'full', ...file, ...report.value, node, ...place.value }) : place;
  });

/** What the flags report: a failing driver, totals of the root, or a tree of one provider; nothing without any. */
function readReport(call: Call, node: string): Result<Fields, Failure> {
  const amounts = readAmounts(call);
  if (!amounts.ok) {
    return amounts;
  }
  const reason = call.args.text('unsupported');
  const isFlat = call.args.isSet('flat');
  if (reason !== undefined) {
    return isFlat || amounts.value !== undefined
      ? fail(usageFailure('--unsupported reports no figures: leave out --flat and --resource'))
      : succeed({ mode: 'unsupported', reason });
  }
  const totals = Object.entries(amounts.value ?? {}).map(([name, total]) => ({ class: name, total }));
  if (isFlat) {
    return succeed({ mode: 'flat', ...(totals.length === 0 ? {} : { totals }) });
  }
  return succeed(totals.length === 0 ? {} : { providers: [{ id: node, inventories: totals }] });
}

export const nodeGuests: Run = (call) =>
  sendGiven(call, 'ReportGuests', 'agent', async (file) => {
    const node = call.args.word('NODE');
    const incarnation = call.args.number('incarnation') ?? file['incarnation'];
    const known = incarnation === undefined ? await askNode(call, node) : succeed({ incarnation });
    return known.ok
      ? succeed({ ...numberFields(call, { 'taken-at': 'takenAt' }), node, incarnation: known.value.incarnation })
      : fail(known.error);
  });

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
  const known = await askNode(call, node);
  return known.ok
    ? succeed({
        incarnation: incarnation ?? known.value.incarnation,
        sequence: sequence ?? nextSequence(known.value),
      })
    : fail(known.error);
}

async function askNode(call: Call, node: string): Promise<Result<NodeAnswer, Failure>> {
  const known = await withService(call, (source) => ask(call, source, 'node', { node }));
  return known.ok ? succeed(known.value.answer) : fail(known.error);
}

function nextSequence({ inventoryStatus }: NodeAnswer): number {
  return inventoryStatus.kind === 'unknown' ? 1 : inventoryStatus.sequence + 1;
}

export const nodeEnable: Run = (call) => nodeCommand(call, 'EnableNode');

export const nodeDisable: Run = (call) => nodeCommand(call, 'DisableNode', textFields(call, { reason: 'reason' }));

export const nodeDown: Run = (call) =>
  sendGiven(call, 'MarkNodeDown', 'operator', (file) =>
    succeed({
      node: call.args.word('NODE'),
      ...textFields(call, { reason: 'reason' }),
      fenced: call.args.isSet('fenced') || file['fenced'] === true,
    }),
  );

export const nodeTransfer: Run = (call) => nodeCommand(call, 'TransferNode', textFields(call, { owner: 'owner' }));

export const nodeRetire: Run = async (call) =>
  call.args.isSet('yes') || call.args.isSet('dry-run')
    ? nodeCommand(call, 'RetireNode')
    : { failure: usageFailure('A retired node never comes back', 'say --yes, or --dry-run to see what would be sent') };

function nodeCommand(call: Call, type: CommandType, given: Fields = {}): Promise<Ending> {
  return sendGiven(call, type, 'operator', () => succeed({ node: call.args.word('NODE'), ...given }));
}
