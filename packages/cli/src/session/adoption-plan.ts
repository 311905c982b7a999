import { isDeepStrictEqual } from 'node:util';
import type { ClaimView, InstanceAnswer, NodeAnswer } from '@fleetbook/contracts';
import { type AdoptInstance, type ChargeLine, fail, type Result, succeed } from '@fleetbook/domain';
import type { Call, Failure } from '../call.ts';
import { chargeText } from '../output/charge.ts';
import { createPlannedNode, type PlannedNode } from './planned-node.ts';
import { ask } from './question.ts';
import type { Source } from './source.ts';

/** What would become of one guest, were it adopted now. */
export interface PlannedAdoption {
  readonly instance: string;
  readonly node: string;
  readonly outlook: 'adopt' | 'adopt-above-capacity' | 'refuse' | 'held-here';
  /** Why it would be refused, or where it would exceed the capacity; for people. */
  readonly reason?: string;
  /** As it would be charged; of a guest that is refused as it was given. */
  readonly charge: readonly ChargeLine[];
}

/** Asks for what the guests' nodes have and whether the ledger knows the instances; nothing is changed. */
export async function planAdoptions(
  call: Call,
  source: Source,
  guests: readonly AdoptInstance[],
): Promise<Result<readonly PlannedAdoption[], Failure>> {
  const nodes = new Map<string, PlannedNode | undefined>();
  const plan = new Map<string, PlannedAdoption>();
  const all: PlannedAdoption[] = [];
  for (const guest of guests) {
    if (!nodes.has(guest.node)) {
      const node = await orNone(ask(call, source, 'node', { node: guest.node }));
      if (!node.ok) {
        return node;
      }
      nodes.set(guest.node, plannedNodeOf(node.value));
    }
    const known = await orNone(ask(call, source, 'instance', { instance: guest.instance }));
    if (!known.ok) {
      return known;
    }
    const { instance, node, charge } = guest;
    const outlook = outlookOf(guest, nodes.get(node), known.value, plan.get(instance));
    const planned = { instance, node, charge, ...outlook };
    if (outlook.outlook !== 'refuse') {
      plan.set(instance, planned);
    }
    all.push(planned);
  }
  return succeed(all);
}

function plannedNodeOf(node: NodeAnswer | undefined): PlannedNode | undefined {
  return node === undefined ? undefined : createPlannedNode(node);
}

/** What is not there is an answer, too. */
async function orNone<Answer>(
  asking: Promise<Result<{ readonly answer: Answer }, Failure>>,
): Promise<Result<Answer | undefined, Failure>> {
  const reply = await asking;
  if (reply.ok) {
    return succeed(reply.value.answer);
  }
  return reply.error.code === 'NOT_FOUND' ? succeed(undefined) : fail(reply.error);
}

type Outlook = Pick<PlannedAdoption, 'outlook' | 'reason'> & Partial<Pick<PlannedAdoption, 'charge'>>;

function outlookOf(
  guest: AdoptInstance,
  node: PlannedNode | undefined,
  known: InstanceAnswer | undefined,
  before: PlannedAdoption | undefined,
): Outlook {
  if (node === undefined || node.isRetired) {
    return { outlook: 'refuse', reason: node === undefined ? 'the node is not registered' : 'the node is retired' };
  }
  if (known?.status === 'held') {
    return outlookOfHeld(guest, known.claim);
  }
  if (known !== undefined) {
    return { outlook: 'refuse', reason: `the instance is ${known.status}` };
  }
  if (before !== undefined) {
    return before.node === guest.node && JSON.stringify(before.charge) === JSON.stringify(guest.charge)
      ? { outlook: 'held-here', reason: 'listed before' }
      : { outlook: 'refuse', reason: `listed before on ${before.node}` };
  }
  const taken = node.take(guest.instance, guest.charge);
  if (!taken.ok) {
    return { outlook: 'refuse', reason: taken.error };
  }
  const { charge, above } = taken.value;
  return above.length === 0
    ? { outlook: 'adopt', charge }
    : { outlook: 'adopt-above-capacity', reason: above.join(', '), charge };
}

/** Only the same charge is nothing new. */
function outlookOfHeld(guest: AdoptInstance, { node, claimId, charge }: ClaimView): Outlook {
  if (node !== guest.node) {
    return { outlook: 'refuse', reason: `held on ${node}` };
  }
  return isDeepStrictEqual(sorted(charge), sorted(guest.charge))
    ? { outlook: 'held-here', reason: `held by claim ${claimId}` }
    : { outlook: 'refuse', reason: `held by claim ${claimId}, which charges ${chargeText(charge)}` };
}

function sorted(charge: readonly ChargeLine[]): readonly string[] {
  return charge.map((line) => chargeText([{ ...line, ...(line.units && { units: line.units.toSorted() }) }])).sort();
}
