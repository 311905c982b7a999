import { fail, type Result, succeed } from '@fleetbook/domain';
import { type Call, type Failure, type Run, usageFailure } from '../call.ts';
import { type Fields, numberFields, sendGiven, textFields } from '../session/fields.ts';
import { readAmounts } from '../session/request.ts';

/** One inventory from flags, or any number from the file. */
export const nodePolicy: Run = (call) =>
  sendGiven(call, 'SetInventoryPolicy', 'operator', () => {
    const node = call.args.word('NODE');
    const ratio = readRatio(call);
    if (!ratio.ok) {
      return ratio;
    }
    const figures = {
      ...textFields(call, { class: 'class' }),
      ...numberFields(call, { reserved: 'reserved' }),
      ...ratio.value,
    };
    const provider = call.args.text('provider') ?? node;
    return succeed({ node, ...(Object.keys(figures).length === 0 ? {} : { policies: [{ provider, ...figures }] }) });
  });

const DECIMAL = /^\d{1,7}(\.\d{1,6})?$/;

function readRatio(call: Call): Result<Fields, Failure> {
  const text = call.args.text('ratio');
  if (text === undefined) {
    return succeed({});
  }
  return DECIMAL.test(text)
    ? succeed({ allocationRatio: Number(text) })
    : fail(usageFailure('--ratio is a decimal number with at most 6 places, such as 1.5'));
}

export const nodeAggregates: Run = (call) =>
  sendGiven(call, 'SetAggregates', 'operator', (file) => {
    const node = call.args.word('NODE');
    const provider = call.args.text('provider') ?? file['provider'] ?? node;
    const aggregates = call.args.texts('aggregate');
    const isGiven = aggregates.length > 0 || call.args.isSet('clear');
    return isBoth(call, aggregates.length > 0)
      ? fail(usageFailure('--clear takes all aggregates away: leave out --aggregate'))
      : succeed({ node, provider, ...(isGiven ? { aggregates } : {}) });
  });

/** One target from flags, or the whole overlay from the file. */
export const nodeOverlay: Run = (call) =>
  sendGiven(call, 'SetOverlay', 'operator', () => {
    const node = call.args.word('NODE');
    const totals = readAmounts(call);
    if (!totals.ok) {
      return totals;
    }
    const traits = call.args.texts('trait');
    const isTarget = totals.value !== undefined || traits.length > 0;
    if (isBoth(call, isTarget)) {
      return fail(usageFailure('--clear takes the overlay away: leave out --resource and --trait'));
    }
    const inventories = Object.entries(totals.value ?? {}).map(([name, total]) => ({ class: name, total }));
    const target = {
      ...textFields(call, { provider: 'provider' }),
      inventories,
      ...(traits.length === 0 ? {} : { traits }),
    };
    return succeed({ node, ...(isTarget ? { targets: [target] } : call.args.isSet('clear') ? { targets: [] } : {}) });
  });

function isBoth(call: Call, isGiven: boolean): boolean {
  return isGiven && call.args.isSet('clear');
}

export const nodeDriftPolicy: Run = (call) => driftPolicy(call, {});

/** A drift policy that frees or adopts is asked for twice: what it does cannot be taken back. */
export const nodeHeal: Run = async (call) =>
  call.args.isSet('yes') || call.args.isSet('dry-run')
    ? driftPolicy(call, { policy: 'heal-safe' })
    : {
        failure: usageFailure(
          'Healing frees charges, and with heal-all adopts guests, at the next report of the guests',
          `fleetbook audit ${call.args.word('NODE')} shows what drifts; then say --yes`,
        ),
      };

function driftPolicy(call: Call, usual: Fields) {
  return sendGiven(call, 'SetDriftPolicy', 'operator', (file) =>
    succeed({
      ...usual,
      ...file,
      node: call.args.word('NODE'),
      ...textFields(call, { policy: 'policy' }),
      ...numberFields(call, { 'may-free': 'mayFree' }),
    }),
  );
}
