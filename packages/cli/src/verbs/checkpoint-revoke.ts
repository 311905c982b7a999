import { fail, succeed } from '@fleetbook/domain';
import { type Run, usageFailure } from '../call.ts';
import { sendGiven, textFields } from '../session/fields.ts';

/** What vouched for the inventory up to there is given up: that is asked for twice. */
export const checkpointRevoke: Run = async (call) =>
  call.args.isSet('yes') || call.args.isSet('dry-run')
    ? sendGiven(call, 'RevokeCheckpoint', 'operator', (file) => {
        const upTo = Number(call.args.word('EVENT'));
        return Number.isSafeInteger(upTo) && upTo > 0
          ? succeed({ ...file, upTo, ...textFields(call, { reason: 'reason' }) })
          : fail(usageFailure(`${call.args.word('EVENT')} is no event number`));
      })
    : {
        failure: usageFailure(
          'Nobody is held to a revoked checkpoint any more',
          'say --yes, or --dry-run to see what would be sent',
        ),
      };
