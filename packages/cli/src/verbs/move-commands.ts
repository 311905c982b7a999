import type { MoveView, SenderRole } from '@fleetbook/contracts';
import { type CommandType, fail, type Result, succeed } from '@fleetbook/domain';
import { type Call, type Ending, type Failure, type Run, usageFailure } from '../call.ts';
import { type Fields, numberFields, requestFields, roleOf, sendGiven, textFields } from '../session/fields.ts';
import { liveClaim } from '../session/live-claim.ts';
import { ask } from '../session/question.ts';
import { withService } from '../session/service-source.ts';

export const moveClaim: Run = (call) =>
  sendGiven(call, 'ClaimMove', roleOf(call, 'scheduler'), async (file) => {
    const { args } = call;
    const instance = args.word('INSTANCE');
    const request = requestFields(call);
    if (!request.ok) {
      return request;
    }
    const kind = args.text('kind') ?? file['kind'];
    const given = {
      instance,
      ...textFields(call, { kind: 'kind', destination: 'destination' }),
      ...(args.isSet('replace') ? { replace: true } : {}),
      ...request.value,
    };
    if (kind === 'unshelve') {
      return succeed(given);
    }
    const claim = await liveClaim(call, instance, { node: 'source', file: { ...file, node: file['source'] } });
    if (!claim.ok) {
      return claim;
    }
    const { node: source, claimId } = claim.value;
    // A resize stays on its node unless it is told to leave it.
    const stays = kind === 'resize' && file['destination'] === undefined ? { destination: source } : {};
    return succeed({ source, claimId, ...stays, ...given });
  });

export const moveAdvance: Run = (call) =>
  moveCommand(call, 'AdvanceMove', 'agent', () => textFields(call, { to: 'to' }));

export const moveConfirm: Run = (call) => moveCommand(call, 'ConfirmMove', 'operator');

export const moveRevert: Run = (call) => moveCommand(call, 'RevertMove', 'operator');

export const moveFail: Run = (call) =>
  moveCommand(call, 'FailMove', 'operator', () => textFields(call, { reason: 'reason' }));

export const moveCancel: Run = (call) => moveCommand(call, 'CancelMove', 'operator');

function moveCommand(
  call: Call,
  type: CommandType,
  usualRole: SenderRole,
  more: () => Fields = () => ({}),
): Promise<Ending> {
  return sendGiven(call, type, roleOf(call, usualRole), async (file) => {
    const instance = call.args.text('instance') ?? file['instance'];
    const known = instance === undefined ? await askMove(call) : succeed({ instance });
    return known.ok
      ? succeed({ instance: known.value.instance, ...idAndIncarnation(call), ...more() })
      : fail(known.error);
  });
}

function idAndIncarnation(call: Call): Fields {
  return { moveId: call.args.word('MOVE'), ...numberFields(call, { incarnation: 'incarnation' }) };
}

export const moveDrop: Run = (call) =>
  sendGiven(call, 'DropMoveClaim', roleOf(call, 'operator'), async (file) => {
    const stated = { ...file, ...textFields(call, { instance: 'instance', side: 'side', state: 'state' }) };
    if (['instance', 'side', 'state'].every((name) => Object.hasOwn(stated, name))) {
      return succeed({ ...stated, ...idAndIncarnation(call) });
    }
    const known = await askMove(call);
    if (!known.ok) {
      return known;
    }
    const { instance, state, other } = known.value;
    if (other === undefined && !Object.hasOwn(stated, 'side')) {
      const reason = `Move ${call.args.word('MOVE')} is ${state} and holds nothing besides the claim of its instance`;
      return fail(usageFailure(reason, 'name the side with --side to get the recorded outcome'));
    }
    return succeed({ instance, side: other?.side, state, ...stated, ...idAndIncarnation(call) });
  });

async function askMove(call: Call): Promise<Result<MoveView, Failure>> {
  const moveId = call.args.word('MOVE');
  const known = await withService(call, (source) => ask(call, source, 'move', { moveId }));
  return known.ok ? succeed(known.value.answer) : fail(known.error);
}
