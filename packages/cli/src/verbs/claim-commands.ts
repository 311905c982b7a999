import type { CommandType } from '@fleetbook/domain';
import { fail, type Result, succeed } from '@fleetbook/domain';
import { type Call, type Ending, type Failure, type Run, usageFailure } from '../call.ts';
import { type Fields, numberFields, requestFields, roleOf, sendGiven, textFields } from '../session/fields.ts';
import { liveClaim } from '../session/live-claim.ts';
import { readPairs } from '../session/request.ts';

export const instanceClaim: Run = (call) =>
  sendGiven(call, 'ClaimInstance', roleOf(call, 'scheduler'), () => {
    const request = requestFields(call);
    if (!request.ok) {
      return request;
    }
    const labels = readPairs(call, 'label');
    if (!labels.ok) {
      return labels;
    }
    const groups = readGroups(call);
    if (!groups.ok) {
      return groups;
    }
    const alternates = call.args.texts('alternate');
    return succeed({
      instance: call.args.word('INSTANCE'),
      ...textFields(call, { node: 'node', tenant: 'tenant' }),
      ...numberFields(call, { ttl: 'ttlMs' }),
      ...(labels.value.size === 0 ? {} : { labels: Object.fromEntries(labels.value) }),
      ...(alternates.length === 0 ? {} : { alternates }),
      ...groups.value,
      ...request.value,
    });
  });

const GROUP_RULE = /^([a-z-]+)(?::(\d{1,15}))?$/;

/** `--group web=anti-affinity:2`: id, rule, and how many of it one node may hold. */
function readGroups(call: Call): Result<Fields, Failure> {
  const pairs = readPairs(call, 'group');
  if (!pairs.ok) {
    return pairs;
  }
  const groups: Fields[] = [];
  for (const [id, text] of pairs.value) {
    const [, rule, maxPerNode] = GROUP_RULE.exec(text) ?? [];
    if (rule === undefined) {
      return fail(usageFailure(`--group ${id}=${text} is not of the form ID=RULE or ID=RULE:COUNT`));
    }
    groups.push({ id, rule, ...(maxPerNode === undefined ? {} : { maxPerNode: Number(maxPerNode) }) });
  }
  return succeed(groups.length === 0 ? {} : { groups });
}

export const instanceConfirm: Run = (call) => claimCommand(call, 'ConfirmClaim', 'scheduler');

export const instanceAbort: Run = (call) => claimCommand(call, 'AbortClaim', 'scheduler');

export const instanceDrop: Run = (call) => claimCommand(call, 'DropInstance', 'agent');

export const instanceOffload: Run = (call) => claimCommand(call, 'ShelveOffload', 'agent');

export const instanceRebuild: Run = (call) =>
  sendGiven(call, 'RebuildInstance', 'agent', async (file) => {
    const request = requestFields(call);
    if (!request.ok) {
      return request;
    }
    const claim = await claimFields(call, file);
    return claim.ok ? succeed({ ...claim.value, ...textFields(call, { stage: 'stage' }), ...request.value }) : claim;
  });

function claimCommand(call: Call, type: CommandType, usualRole: 'agent' | 'scheduler'): Promise<Ending> {
  return sendGiven(call, type, roleOf(call, usualRole), (file) => claimFields(call, file));
}

async function claimFields(call: Call, file: Fields): Promise<Result<Fields, Failure>> {
  const instance = call.args.word('INSTANCE');
  const claim = await liveClaim(call, instance, { node: 'node', file });
  return claim.ok
    ? succeed({ ...claim.value, instance, ...numberFields(call, { incarnation: 'incarnation' }) })
    : claim;
}

/** With `--move` the side that a closed move left on a node, else the instance with all that it holds. */
export const instanceForceDrop: Run = async (call) => {
  const { args } = call;
  if (!args.isSet('yes') && !args.isSet('dry-run')) {
    const reason = 'A forced drop frees what may still run';
    return { failure: usageFailure(reason, 'say --yes, or --dry-run to see what would be sent') };
  }
  return sendGiven(call, 'ForceDrop', 'operator', async (file) => {
    const instance = args.word('INSTANCE');
    const fixed = { instance, ...textFields(call, { reason: 'reason' }) };
    const moveId = args.text('move') ?? file['moveId'];
    if (moveId !== undefined) {
      return succeed({ ...fixed, ...textFields(call, { node: 'node' }), moveId });
    }
    const claim = await liveClaim(call, instance, { node: 'node', file });
    return claim.ok ? succeed({ ...fixed, ...claim.value }) : claim;
  });
};
