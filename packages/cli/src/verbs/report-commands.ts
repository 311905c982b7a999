import { succeed } from '@fleetbook/domain';
import type { Run } from '../call.ts';
import { numberFields, roleOf, sendGiven, textFields } from '../session/fields.ts';
import { liveClaim } from '../session/live-claim.ts';

export const nodeBuild: Run = (call) =>
  sendGiven(call, 'ReportBuildResult', 'agent', () =>
    succeed({ node: call.args.word('NODE'), ...textFields(call, { instance: 'instance', result: 'result' }) }),
  );

export const nodeReshape: Run = (call) =>
  sendGiven(call, 'Reshape', 'agent', () =>
    succeed({ node: call.args.word('NODE'), ...numberFields(call, { incarnation: 'incarnation' }) }),
  );

export const instanceState: Run = (call) =>
  sendGiven(call, 'ReportInstanceState', 'agent', async (file) => {
    const instance = call.args.word('INSTANCE');
    const claim = await liveClaim(call, instance, { node: 'node', file });
    const state = textFields(call, { vm: 'vm', task: 'task', 'os-type': 'osType' });
    return claim.ok
      ? succeed({ ...claim.value, instance, ...(Object.keys(state).length === 0 ? {} : { state }) })
      : claim;
  });

/** The parts come from the file alone. */
export const batch: Run = (call) => sendGiven(call, 'AtomicBatch', roleOf(call, 'scheduler'), () => succeed({}));
