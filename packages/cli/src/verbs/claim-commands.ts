import { fleetbookError, type SenderRole } from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import type { Call, Ending, Failure, Run } from '../call.ts';
import { sendCommand, type Writing } from '../session/command.ts';
import { readFileFlag } from '../session/json-file.ts';
import { ask } from '../session/question.ts';
import { readAmounts, readPairs, readTraits } from '../session/request.ts';
import { withService } from '../session/service-source.ts';

export const instanceClaim: Run = async (call) => {
  const { args } = call;
  const file = await readFileFlag(call);
  if (!file.ok) {
    return { failure: file.error };
  }
  const amounts = readAmounts(call);
  if (!amounts.ok) {
    return { failure: amounts.error };
  }
  const labels = readPairs(call, 'label');
  if (!labels.ok) {
    return { failure: labels.error };
  }
  const traits = readTraits(call);
  const request = {
    ...(amounts.value === undefined ? {} : { resources: amounts.value }),
    ...(traits === undefined ? {} : { traits }),
  };
  const node = args.text('node');
  const tenant = args.text('tenant');
  const fields = {
    ...file.value,
    instance: args.word('INSTANCE'),
    ...(node === undefined ? {} : { node }),
    ...(tenant === undefined ? {} : { tenant }),
    ...(labels.value.size === 0 ? {} : { labels: Object.fromEntries(labels.value) }),
    ...(Object.keys(request).length === 0 ? {} : { request }),
  };
  return sendCommand(call, { type: 'ClaimInstance', role: roleOf(call), fields });
};

export const instanceConfirm: Run = (call) => claimCommand(call, 'ConfirmClaim', roleOf(call));

export const instanceAbort: Run = (call) => claimCommand(call, 'AbortClaim', roleOf(call));

export const instanceDrop: Run = (call) => claimCommand(call, 'DropInstance', 'agent');

function roleOf(call: Call): SenderRole {
  return call.args.text('role') === 'agent' ? 'agent' : 'scheduler';
}

async function claimCommand(call: Call, type: Writing['type'], role: SenderRole): Promise<Ending> {
  const instance = call.args.word('INSTANCE');
  const file = await readFileFlag(call);
  if (!file.ok) {
    return { failure: file.error };
  }
  const claim = await liveClaim(call, instance, file.value);
  return claim.ok
    ? sendCommand(call, { type, role, fields: { ...file.value, ...claim.value, instance } })
    : { failure: claim.error };
}

interface LiveClaim {
  readonly node: unknown;
  readonly claimId: unknown;
}

/** Node and claim id as given by flags or file, else those of the live claim. */
async function liveClaim(
  call: Call,
  instance: string,
  file: Readonly<Record<string, unknown>>,
): Promise<Result<LiveClaim, Failure>> {
  const node = call.args.text('node') ?? file['node'];
  const claimId = call.args.text('claim') ?? file['claimId'];
  if (node !== undefined && claimId !== undefined) {
    return succeed({ node, claimId });
  }
  const known = await withService(call, (source) => ask(call, source, 'instance', { instance }));
  if (!known.ok) {
    return fail(known.error);
  }
  const { answer } = known.value;
  return answer.status === 'held'
    ? succeed({ node: node ?? answer.claim.node, claimId: claimId ?? answer.claim.claimId })
    : fail(fleetbookError('INSTANCE_ENDED', { instance }));
}
