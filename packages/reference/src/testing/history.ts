import type { ChargeLine, CommandOf, ReportedProvider } from '../command.ts';
import type { ReferenceEvent } from '../event.ts';

type WithoutPlace<Event> = Event extends ReferenceEvent ? Omit<Event, 'number' | 'at' | 'commandId' | 'actor'> : never;

/** An event without its place in the log. */
export type Body = WithoutPlace<ReferenceEvent>;

type Asked = Omit<CommandOf<'ClaimInstance'>, 'type' | 'instance'>;

const AGENT = { role: 'agent', id: 'agent-1' };

/** Numbers hand-made events from 1; event 5 has the command id `c5` and the time 5,000. */
export function historyOf(...bodies: readonly Body[]): ReferenceEvent[] {
  return bodies.map(
    (body, index): ReferenceEvent => ({
      number: index + 1,
      at: 1_000 * (index + 1),
      commandId: `c${index + 1}`,
      actor: AGENT,
      ...body,
    }),
  );
}

export const founded: Body = { type: 'LedgerCreated', data: { cell: 'main', historyId: 'h1' } };

export const elected = (epoch: number): Body => ({ type: 'WriterElected', data: { epoch } });

export const registered = (incarnation = 1, node = 'n1'): Body => ({
  type: 'NodeRegistered',
  command: { type: 'RegisterNode', node, bootId: `boot-${incarnation}` },
  data: { incarnation },
});

export const reported = (sequence: number, providers: readonly ReportedProvider[], node = 'n1'): Body => ({
  type: 'InventoryChanged',
  command: { type: 'ReportInventory', node, incarnation: 1, sequence, mode: 'full', providers },
  data: {},
});

export const disabled = (reason: string): Body => ({
  type: 'NodeDisabled',
  command: { type: 'DisableNode', node: 'n1', reason },
  data: {},
});

export const enabled: Body = { type: 'NodeEnabled', command: { type: 'EnableNode', node: 'n1' }, data: {} };

export const retired: Body = { type: 'NodeRetired', command: { type: 'RetireNode', node: 'n1' }, data: {} };

export const claimed = (instance: string, charge: readonly ChargeLine[], asked: Asked = { charge }): Body => ({
  type: 'InstanceClaimed',
  command: { type: 'ClaimInstance', instance, ...asked },
  data: { node: 'n1', charge },
});

export const confirmed = (instance: string, claimId: string): Body => ({
  type: 'ClaimConfirmed',
  command: { type: 'ConfirmClaim', node: 'n1', instance, claimId },
  data: {},
});

export const aborted = (instance: string, claimId: string): Body => ({
  type: 'ClaimAborted',
  command: { type: 'AbortClaim', node: 'n1', instance, claimId },
  data: {},
});

export const dropped = (instance: string, claimId: string): Body => ({
  type: 'InstanceDropped',
  command: { type: 'DropInstance', node: 'n1', instance, claimId },
  data: {},
});

/** A node of one provider that bears the node's name. */
export const tree = (...inventories: ReportedProvider['inventories']): ReportedProvider[] => [
  { id: 'n1', inventories },
];

/** From `n1` to `n2`, unless told otherwise; the claim is that of event 5 of `twoNodes`. */
export const moveClaimed = (charge: readonly ChargeLine[], fields: Partial<CommandOf<'ClaimMove'>> = {}): Body => ({
  type: 'MoveClaimed',
  command: {
    ...{ type: 'ClaimMove', kind: 'resize', instance: 'i1', source: 'n1', claimId: 'c5', destination: 'n2', charge },
    ...fields,
  },
  data: { charge },
});

export const advanced = (moveId: string, to: CommandOf<'AdvanceMove'>['to']): Body => ({
  type: 'MoveAdvanced',
  command: { type: 'AdvanceMove', instance: 'i1', moveId, to },
  data: {},
});

/** Two nodes of 8 VCPU, and `i1` that holds 2 of them on `n1` by the confirmed claim `c5`. */
export const twoNodes: readonly Body[] = [
  registered(),
  reported(1, [{ id: 'n1', inventories: [{ class: 'VCPU', total: 8 }] }]),
  registered(1, 'n2'),
  reported(1, [{ id: 'n2', inventories: [{ class: 'VCPU', total: 8 }] }], 'n2'),
  claimed('i1', [{ provider: 'n1', class: 'VCPU', amount: 2 }]),
  confirmed('i1', 'c5'),
];
