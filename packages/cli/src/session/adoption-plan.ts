import type { InstanceAnswer, InventoryView, NodeAnswer } from '@fleetbook/contracts';
import { type AdoptInstance, type ChargeLine, fail, type Result, succeed } from '@fleetbook/domain';
import type { Call, Failure } from '../call.ts';
import { ask } from './question.ts';
import type { Source } from './source.ts';

/** What would become of one guest, were it adopted now. */
export interface PlannedAdoption {
  readonly instance: string;
  readonly node: string;
  readonly outlook: 'adopt' | 'adopt-above-capacity' | 'refuse' | 'held-here';
  /** Why it would be refused, or where it would exceed the capacity; for people. */
  readonly reason?: string;
  readonly charge: readonly ChargeLine[];
}

/** Charged by the plan so far, by inventory. */
type Planned = Map<InventoryView, number>;

/** Asks for what the guests' nodes have and whether the ledger knows the instances; nothing is changed. */
export async function planAdoptions(
  call: Call,
  source: Source,
  guests: readonly AdoptInstance[],
): Promise<Result<readonly PlannedAdoption[], Failure>> {
  const nodes = new Map<string, NodeAnswer | undefined>();
  const planned: Planned = new Map();
  const plan: PlannedAdoption[] = [];
  for (const guest of guests) {
    if (!nodes.has(guest.node)) {
      const node = await orNone(ask(call, source, 'node', { node: guest.node }));
      if (!node.ok) {
        return node;
      }
      nodes.set(guest.node, node.value);
    }
    const known = await orNone(ask(call, source, 'instance', { instance: guest.instance }));
    if (!known.ok) {
      return known;
    }
    const { instance, node, charge } = guest;
    plan.push({ instance, node, charge, ...outlookOf(guest, nodes.get(node), known.value, planned) });
  }
  return succeed(plan);
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

type Outlook = Pick<PlannedAdoption, 'outlook' | 'reason'>;

function outlookOf(
  guest: AdoptInstance,
  node: NodeAnswer | undefined,
  known: InstanceAnswer | undefined,
  planned: Planned,
): Outlook {
  if (node === undefined || node.status.kind === 'retired') {
    return { outlook: 'refuse', reason: node === undefined ? 'the node is not registered' : 'the node is retired' };
  }
  if (known?.status === 'held') {
    return known.claim.node === guest.node
      ? { outlook: 'held-here', reason: `held by claim ${known.claim.claimId}` }
      : { outlook: 'refuse', reason: `held on ${known.claim.node}` };
  }
  return known === undefined
    ? chargeOutlook(guest.charge, node, planned)
    : { outlook: 'refuse', reason: `the instance is ${known.status}` };
}

function chargeOutlook(charge: readonly ChargeLine[], node: NodeAnswer, planned: Planned): Outlook {
  const above: string[] = [];
  const lines = charge.map((line) => ({ line, inventory: inventoryOf(line, node) }));
  for (const { line, inventory } of lines) {
    const { provider, class: name, amount, units = [] } = line;
    if (inventory === undefined) {
      return { outlook: 'refuse', reason: `${provider} has no ${name}` };
    }
    const wrong = units.find((unit) => !inventory.units?.includes(unit) || inventory.takenUnits.includes(unit));
    if (wrong !== undefined) {
      return { outlook: 'refuse', reason: `unit ${wrong} of ${name} is taken or unknown` };
    }
    if (
      inventory.units !== undefined &&
      line.units === undefined &&
      inventory.takenUnits.length < inventory.units.length
    ) {
      return { outlook: 'refuse', reason: `the units of ${name} are not named` };
    }
    const charged = (planned.get(inventory) ?? inventory.charged) + amount;
    if (charged > inventory.capacity) {
      above.push(`${provider} ${name} ${charged}/${inventory.capacity}`);
    }
  }
  for (const { line, inventory } of lines) {
    if (inventory !== undefined) {
      planned.set(inventory, (planned.get(inventory) ?? inventory.charged) + line.amount);
    }
  }
  return above.length === 0 ? { outlook: 'adopt' } : { outlook: 'adopt-above-capacity', reason: above.join(', ') };
}

function inventoryOf(line: ChargeLine, { providers }: NodeAnswer): InventoryView | undefined {
  return providers
    .find(({ id }) => id === line.provider)
    ?.inventories.find((inventory) => inventory.class === line.class);
}
