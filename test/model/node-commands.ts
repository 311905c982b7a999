import type { ChargeLine, Command, Guest, ReshapeOwner } from '@fleetbook/domain';
import { treeOf } from './random-inventory.ts';
import { chargeOn } from './random-requests.ts';
import { NODES, type NodeStep } from './random-steps.ts';
import { agentOf, incarnationOf, instanceOf, type Known, OPERATOR, ORIGIN, type Sent } from './senders.ts';

type StepOf<Type extends NodeStep['type']> = Extract<NodeStep, { readonly type: Type }>;

export function nodeCommand(known: Known, step: NodeStep): Sent {
  const { node } = step;
  const agent = agentOf(known, node);
  const origin = ORIGIN;
  switch (step.type) {
    case 'RegisterNode': {
      const heir = known.ledger.nodes.get(node)?.transferTo ?? 'agent-x';
      const actor = step.isOther ? ({ role: 'agent', id: heir } as const) : agent;
      return { actor, command: { type: step.type, origin, node, bootId: `boot-${step.boot}` } };
    }
    case 'FullReport':
    case 'FlatReport':
    case 'UnsupportedReport':
      return { actor: agent, command: reportOf(known, step) };
    case 'SetInventoryPolicy': {
      const policies = step.policies.map((policy) => ({ ...policy, provider: `${node}${policy.provider}` }));
      return { actor: OPERATOR, command: { type: step.type, origin, node, policies } };
    }
    case 'SetAggregates': {
      const { aggregates } = step;
      return {
        actor: OPERATOR,
        command: { type: step.type, origin, node, provider: node + step.provider, aggregates },
      };
    }
    case 'SetOverlay': {
      const targets = step.targets.map(({ provider, ...target }) => ({
        ...(provider === undefined ? {} : { provider: `${node}${provider}` }),
        ...target,
      }));
      return { actor: OPERATOR, command: { type: step.type, origin, node, targets } };
    }
    case 'Reshape':
      return { actor: agent, command: reshapeOf(known, step) };
    case 'ReportGuests':
      return { actor: agent, command: guestsOf(known, step) };
    case 'ReportBuildResult': {
      const { result } = step;
      return { actor: agent, command: { type: step.type, origin, node, instance: 'built', result } };
    }
    case 'EnableNode': {
      const closed = [...known.ledger.nodes.values()].filter(
        ({ status: { kind } }) => kind === 'disabled' || kind === 'down',
      );
      const chosen = closed[NODES.indexOf(node) % Math.max(1, closed.length)]?.id ?? node;
      return { actor: OPERATOR, command: { type: step.type, origin, node: chosen } };
    }
    default: {
      const { type, ...fields } = step;
      return { actor: OPERATOR, command: { type, origin, ...fields } as Command };
    }
  }
}

function reportOf(known: Known, step: StepOf<'FullReport' | 'FlatReport' | 'UnsupportedReport'>): Command {
  const { node } = step;
  const isWrong = step.type === 'FullReport' && step.isWrong;
  const base = {
    type: 'ReportInventory',
    origin: ORIGIN,
    node,
    incarnation: incarnationOf(known, node),
    sequence: isWrong ? 1 : known.sequence,
  } as const;
  switch (step.type) {
    case 'FullReport':
      return { ...base, mode: 'full', providers: treeOf(node, step.providers) };
    case 'FlatReport':
      return { ...base, mode: 'flat', totals: step.totals };
    case 'UnsupportedReport':
      return { ...base, mode: 'unsupported', reason: step.reason };
  }
}

/** Of something that is held on the node, all or a part, and to a provider that has the class, where there is one. */
function reshapeOf(known: Known, step: StepOf<'Reshape'>): Command {
  const { node, place, amount } = step;
  const held = heldOn(known, node);
  const chosen = held[place % Math.max(1, held.length)];
  const from = chosen?.line.provider ?? node;
  const name = chosen?.line.class ?? 'VCPU';
  const others = (known.ledger.nodes.get(node)?.tree.providers ?? []).filter(
    ({ id, inventories }) => id !== from && inventories.some((inventory) => inventory.class === name),
  );
  const to = others[place % Math.max(1, others.length)]?.id ?? `${node}.b`;
  const owners = chosen === undefined || amount === undefined ? {} : { owners: [partOf(chosen, amount)] };
  const incarnation = incarnationOf(known, node);
  return { type: 'Reshape', origin: ORIGIN, node, incarnation, rules: [{ class: name, from, to, ...owners }] };
}

interface Held {
  readonly owner: ReshapeOwner;
  readonly line: ChargeLine;
}

function heldOn({ ledger }: Known, node: string): Held[] {
  const claims = [...ledger.instances.values()].flatMap((record) =>
    record.status === 'held' && record.claim.node === node
      ? record.claim.charge.map((line) => ({ owner: { instance: record.id }, line }))
      : [],
  );
  const sides = [...ledger.moves.values()].flatMap(({ id, instance, other }) =>
    other?.node === node ? other.charge.map((line) => ({ owner: { instance, moveId: id }, line })) : [],
  );
  return [...claims, ...sides];
}

/** No amount: all that the owner holds. */
function partOf({ owner, line }: Held, amount: number | null): ReshapeOwner {
  if (amount === null) {
    return owner;
  }
  return line.units === undefined ? { ...owner, amount } : { ...owner, amount: 1, units: line.units.slice(0, 1) };
}

function guestsOf(known: Known, step: StepOf<'ReportGuests'>): Command {
  const { node, complete, missing, extra, isMeasured } = step;
  const held = [...known.ledger.instances.values()].flatMap((record): Guest[] =>
    record.status === 'held' && record.claim.node === node
      ? [{ instance: record.id, ...(isMeasured ? { charge: record.claim.charge } : {}) }]
      : [],
  );
  const there = held.filter((_, place) => !missing.includes(place));
  const others = extra
    .map(({ slot, charge }): Guest => {
      const instance = instanceOf(known, slot, false);
      return { instance, ...(charge === null ? {} : { charge: chargeOn(node, charge) }) };
    })
    .filter(({ instance }) => !there.some((guest) => guest.instance === instance));
  const takenAt = Math.max(0, known.events.length - (step.isLate ? 5 : 0));
  const incarnation = incarnationOf(known, node);
  return { type: 'ReportGuests', origin: ORIGIN, node, incarnation, complete, takenAt, guests: [...there, ...others] };
}
