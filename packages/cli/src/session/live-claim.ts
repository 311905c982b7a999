import { fleetbookError } from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import type { Call, Failure } from '../call.ts';
import type { Fields } from './fields.ts';
import { ask } from './question.ts';
import { withService } from './service-source.ts';

interface LiveClaim {
  readonly node: unknown;
  readonly claimId: unknown;
}

/** Node and claim id as given by the flags `node` and `claim` or by the file, else those of the live claim. */
export async function liveClaim(
  call: Call,
  instance: string,
  { node: nodeFlag, file }: { readonly node: string; readonly file: Fields },
): Promise<Result<LiveClaim, Failure>> {
  const node = call.args.text(nodeFlag) ?? file['node'];
  const claimId = call.args.text('claim') ?? file['claimId'];
  if (node !== undefined && claimId !== undefined) {
    return succeed({ node, claimId });
  }
  const known = await withService(call, (source) => ask(call, source, 'instance', { instance }));
  if (!known.ok) {
    return fail(known.error);
  }
  const { answer } = known.value;
  switch (answer.status) {
    case 'held':
      return succeed({ node: node ?? answer.claim.node, claimId: claimId ?? answer.claim.claimId });
    case 'offloaded':
      return succeed({ node: node ?? answer.node, claimId: claimId ?? answer.claimId });
    case 'ended':
      return fail(fleetbookError('INSTANCE_ENDED', { instance }));
  }
}
