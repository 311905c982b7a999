import type { DriftPolicy, Guest, ReportedProvider } from '../command.ts';
import { AGENT, type Ask, OPERATOR, report, type Scenario, withNode } from './scenario.ts';

export const held = (
  scenario: Scenario,
  instance: string,
  resources: Readonly<Record<string, number>> = { VCPU: 1 },
): void => {
  const claimId = `claim-${instance}`;
  scenario.given(AGENT, { type: 'ClaimInstance', node: 'node-1', instance, request: { resources } }, claimId);
  scenario.given(AGENT, { type: 'ConfirmClaim', node: 'node-1', instance, claimId });
};

export const drop = (instance: string): Ask => ({
  type: 'DropInstance',
  node: 'node-1',
  instance,
  claimId: `claim-${instance}`,
});

interface Listed {
  readonly complete?: boolean;
  readonly takenAt?: number;
  readonly incarnation?: number;
  readonly node?: string;
}

/** A report of guests, listed after the newest event unless told otherwise. */
export const guests = (scenario: Scenario, list: readonly (Guest | string)[], listed: Listed = {}): Ask => ({
  type: 'ReportGuests',
  node: 'node-1',
  incarnation: 1,
  complete: true,
  takenAt: scenario.events.length,
  guests: list.map((guest) => (typeof guest === 'string' ? { instance: guest } : guest)),
  ...listed,
});

export const see = (scenario: Scenario, list: readonly (Guest | string)[], listed: Listed = {}) =>
  scenario.ask(AGENT, guests(scenario, list, listed));

export const policy = (scenario: Scenario, name: DriftPolicy, mayFree?: number): void => {
  const stated = mayFree === undefined ? {} : { mayFree };
  scenario.given(OPERATOR, { type: 'SetDriftPolicy', node: 'node-1', policy: name, ...stated });
};

export const driftsOn = (scenario: Scenario, node = 'node-1') =>
  (scenario.ledger.nodes.get(node)?.drifts ?? []).map(({ kind, instance }) => `${kind} ${instance}`);

/** The provider when one of its units does not exist any more. */
export const without =
  (gone: string) =>
  (provider: ReportedProvider): ReportedProvider => ({
    ...provider,
    inventories: provider.inventories.map((inventory) => {
      const units = inventory.units?.filter((unit) => unit !== gone);
      return units === undefined ? inventory : { ...inventory, total: units.length, units };
    }),
  });

export const withTwoNodes = (): Scenario => {
  const scenario = withNode();
  scenario.given(AGENT, { type: 'RegisterNode', node: 'node-2', bootId: 'boot-1' });
  scenario.given(AGENT, report([{ id: 'node-2', inventories: [{ class: 'VCPU', total: 8 }] }], 1, 1, 'node-2'));
  return scenario;
};
