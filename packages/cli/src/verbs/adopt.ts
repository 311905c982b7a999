import type { FleetbookClient } from '@fleetbook/client';
import type { CommandReply, FleetbookError } from '@fleetbook/contracts';
import { type AdoptInstance, fail, type Result, succeed } from '@fleetbook/domain';
import { type Call, type Ending, type Failure, NO, OK, type Run, usageFailure } from '../call.ts';
import { chargeText } from '../output/charge.ts';
import { printTable } from '../output/table.ts';
import { type PlannedAdoption, planAdoptions } from '../session/adoption-plan.ts';
import { actorOf, connectToCell } from '../session/connection.ts';
import { type Fields, sendGiven, textFields } from '../session/fields.ts';
import { readGuests } from '../session/guests-file.ts';
import { readAmounts, readPairs } from '../session/request.ts';
import { withSource } from '../session/source.ts';
import { findTarget } from '../session/target.ts';

/** Commands of one message. */
const BATCH = 64;

export const instanceAdopt: Run = async (call) => {
  const { args } = call;
  const from = args.text('from');
  if (from === undefined) {
    return args.optionalWord('INSTANCE') === undefined
      ? { failure: usageFailure('instance adopt needs INSTANCE, or --from for many') }
      : sendGiven(call, 'AdoptInstance', 'operator', () => oneGuest(call));
  }
  const stray = ['file', 'resource', 'tenant', 'label', 'command-id'].find((flag) => args.texts(flag).length > 0);
  if (stray !== undefined || args.optionalWord('INSTANCE') !== undefined) {
    const what = stray === undefined ? 'INSTANCE' : `--${stray}`;
    return { failure: usageFailure(`--from lists whole guests: leave out ${what}`) };
  }
  const actor = actorOf(call);
  if (!actor.ok) {
    return { failure: actor.error };
  }
  const guests = await readGuests(call, actor.value, from);
  if (!guests.ok) {
    return { failure: guests.error };
  }
  return args.isSet('dry-run') ? showPlan(call, guests.value) : adoptAll(call, actor.value, guests.value);
};

/** Without a charge in the file, `--resource` is charged on the provider that has the id of the node. */
function oneGuest(call: Call): Result<Fields, Failure> {
  const amounts = readAmounts(call);
  if (!amounts.ok) {
    return amounts;
  }
  const labels = readPairs(call, 'label');
  if (!labels.ok) {
    return labels;
  }
  const provider = call.args.text('node');
  const charge = Object.entries(amounts.value ?? {}).map(([name, amount]) => ({ provider, class: name, amount }));
  return succeed({
    instance: call.args.optionalWord('INSTANCE'),
    ...textFields(call, { node: 'node', tenant: 'tenant' }),
    ...(labels.value.size === 0 ? {} : { labels: Object.fromEntries(labels.value) }),
    ...(charge.length === 0 ? {} : { charge }),
  });
}

function showPlan(call: Call, guests: readonly AdoptInstance[]): Promise<Ending> {
  return withSource(call, async (source) => {
    const plan = await planAdoptions(call, source, guests);
    if (!plan.ok) {
      return { failure: plan.error };
    }
    if (call.args.isSet('json')) {
      call.terminal.print(JSON.stringify({ plan: plan.value }));
    } else {
      printPlan(call, plan.value);
    }
    return plan.value.some(({ outlook }) => outlook === 'refuse') ? NO : OK;
  });
}

function printPlan({ terminal }: Call, plan: readonly PlannedAdoption[]): void {
  printTable(
    terminal,
    [
      { title: 'instance', cell: ({ instance }) => instance },
      { title: 'node', cell: ({ node }) => node },
      { title: 'would', cell: ({ outlook }) => outlook },
      { title: 'because', cell: ({ reason = '' }) => reason },
      { title: 'charge', cell: ({ charge }) => chargeText(charge) },
    ],
    plan,
  );
  terminal.say(planSummary(plan));
}

/** How many guests would be taken; what is held already would stay as it is. */
export function planSummary(plan: readonly PlannedAdoption[]): string {
  const countOf = (which: PlannedAdoption['outlook']): number => plan.filter(({ outlook }) => outlook === which).length;
  const [held, refused] = [countOf('held-here'), countOf('refuse')];
  const taken = plan.length - held - refused;
  return `${taken} of ${plan.length} would be taken, ${held} held already, ${refused} refused; nothing was sent`;
}

async function adoptAll(call: Call, actor: string, guests: readonly AdoptInstance[]): Promise<Ending> {
  const target = await findTarget(call);
  if (!target.ok) {
    return { failure: target.error };
  }
  const fleetbook = await connectToCell(call, target.value);
  if (!fleetbook.ok) {
    return { failure: fleetbook.error };
  }
  try {
    const outcomes = await sendAll(fleetbook.value.as('operator', actor), guests);
    return outcomes.ok ? showOutcomes(call, guests, outcomes.value) : { failure: outcomes.error };
  } finally {
    await fleetbook.value.close();
  }
}

async function sendAll(
  client: FleetbookClient,
  guests: readonly AdoptInstance[],
): Promise<Result<readonly CommandReply[], Failure>> {
  const outcomes: CommandReply[] = [];
  for (let place = 0; place < guests.length; place += BATCH) {
    const entries = guests.slice(place, place + BATCH).map(({ origin: _, ...entry }) => entry);
    const reply = await client.sendBatch(entries);
    if ('error' in reply) {
      const next = [
        `${place} guests before were answered.`,
        'Adopt the same file again: what is held already stays as it is.',
      ];
      return fail({ ...reply.error, next });
    }
    outcomes.push(...reply.outcomes);
  }
  return succeed(outcomes);
}

function showOutcomes(call: Call, guests: readonly AdoptInstance[], outcomes: readonly CommandReply[]): Ending {
  const refusals = outcomes.flatMap((reply): readonly FleetbookError[] => ('error' in reply ? [reply.error] : []));
  const [first] = refusals;
  if (!call.args.isSet('json')) {
    printTable(
      call.terminal,
      [
        { title: 'instance', cell: ({ guest }) => guest.instance },
        { title: 'node', cell: ({ guest }) => guest.node },
        { title: 'outcome', cell: ({ reply }) => reply?.outcome ?? '' },
        { title: 'because', cell: ({ reply }) => (reply !== undefined && 'error' in reply ? reply.error.message : '') },
      ],
      guests.map((guest, place) => ({ guest, reply: outcomes[place] })),
    );
  } else if (first === undefined) {
    call.terminal.print(JSON.stringify({ outcomes }));
  }
  if (first === undefined) {
    return OK;
  }
  const message = `${refusals.length} of ${guests.length} guests were not adopted. The first: ${first.message}`;
  return { failure: { ...first, message, document: { outcomes } } };
}
