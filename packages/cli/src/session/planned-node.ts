import type { InventoryView, NodeAnswer, ProviderView } from '@fleetbook/contracts';
import {
  type ChargeLine,
  type FitResult,
  fail,
  fitAdoption,
  type Inventory,
  type Provider,
  ProviderTree,
  RATIO_ONE_MILLIONTHS,
  type Result,
  succeed,
} from '@fleetbook/domain';

export interface Taken {
  readonly charge: readonly ChargeLine[];
  /** The inventories that would hold more than their capacity, for people. */
  readonly above: readonly string[];
}

/** A node as it would be after some guests were adopted, judged by the ledger's own rules. */
export interface PlannedNode {
  readonly isRetired: boolean;
  /** Charges it with a guest, or says why the ledger would not. */
  take(instance: string, charge: readonly ChargeLine[]): Result<Taken, string>;
}

export function createPlannedNode({
  status,
  providers: views,
  more,
}: Pick<NodeAnswer, 'status' | 'providers' | 'more'>): PlannedNode {
  const listed = new Set(views.map(({ id }) => id));
  let tree = ProviderTree.of(views.map(providerOf));
  /** Who of the plan has a unit. */
  const planned = new Map<string, string>();

  return {
    isRetired: status.kind === 'retired',
    take(instance, charge) {
      const unlisted = charge.find(({ provider }) => !listed.has(provider));
      if (unlisted !== undefined && (more?.providers ?? 0) > 0) {
        return fail(`cannot be told: the node has too many providers to list ${unlisted.provider}`);
      }
      const fitted = fitAdoption({ tree }, charge);
      if (fitted.kind !== 'fits') {
        return fail(reasonOf(fitted, charge, planned));
      }
      tree = tree.charge(fitted.charge);
      for (const { provider, class: name, units = [] } of fitted.charge) {
        for (const unit of units) {
          planned.set(`${provider} ${name} ${unit}`, instance);
        }
      }
      return succeed({ charge: fitted.charge, above: aboveCapacity(tree.providers, fitted.charge) });
    },
  };
}

function reasonOf(
  fitted: Exclude<FitResult, { readonly kind: 'fits' }>,
  charge: readonly ChargeLine[],
  planned: ReadonlyMap<string, string>,
): string {
  if (fitted.kind === 'too-complex') {
    return 'REQUEST_TOO_COMPLEX';
  }
  const broken = fitted.rules.find(({ rule }) => rule === fitted.code);
  const reason = `${fitted.code}: ${broken?.provider ?? ''} ${broken?.class ?? ''}`;
  const units = charge.flatMap(({ provider, class: name, units: named = [] }) =>
    named.flatMap((unit) => {
      const holder = planned.get(`${provider} ${name} ${unit}`);
      return holder === undefined ? [] : [`${unit} by ${holder}`];
    }),
  );
  return fitted.code === 'UNIT_TAKEN' && units.length > 0 ? `${reason}, ${units.join(', ')}` : reason;
}

function aboveCapacity(providers: readonly Provider[], charge: readonly ChargeLine[]): readonly string[] {
  return charge.flatMap((line) => {
    const provider = providers.find(({ id }) => id === line.provider);
    const inventory = provider?.inventories.find((each) => each.class === line.class);
    return inventory === undefined || inventory.charged <= inventory.capacity
      ? []
      : [`${line.provider} ${line.class} ${inventory.charged}/${inventory.capacity}`];
  });
}

function providerOf({ id, traits, aggregates, isVanished, inventories }: ProviderView): Provider {
  return { id, traits, aggregates, isVanished, inventories: inventories.map(inventoryOf) };
}

function inventoryOf(view: InventoryView): Inventory {
  const { class: name, total, reserved, capacity, charged: held, minUnit, maxUnit, stepSize } = view;
  return {
    ...{ class: name, total, reserved, capacity, charged: held, minUnit, maxUnit, stepSize },
    allocationRatioMillionths: Math.round(view.allocationRatio * RATIO_ONE_MILLIONTHS),
    ...(view.units === undefined ? {} : { units: view.units }),
    takenUnits: view.takenUnits,
    isVanished: view.isVanished,
  };
}
