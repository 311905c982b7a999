import type { ChargeLine } from '@fleetbook/domain';

/** Claims without a state that hold the same on the same node for the same tenant. */
export interface ClaimGroup {
  readonly node: string;
  readonly tenant: string | undefined;
  readonly charge: readonly ChargeLine[];
  readonly claims: number;
}

/** As most claims of a node that share a charge; what is more is not looked for among them. */
const MOST_OF_CHARGE = 8;

/** Counts equal claims, so that indexes are told of many at once. */
export class ClaimGroups {
  /** By the charge itself: claims of a node share those that are equal. */
  readonly #ofCharge = new Map<readonly ChargeLine[], { -readonly [Key in keyof ClaimGroup]: ClaimGroup[Key] }[]>();

  add(node: string, tenant: string | undefined, charge: readonly ChargeLine[]): void {
    const groups = this.#ofCharge.get(charge);
    if (groups === undefined) {
      this.#ofCharge.set(charge, [{ node, tenant, charge, claims: 1 }]);
      return;
    }
    for (let place = Math.max(0, groups.length - MOST_OF_CHARGE); place < groups.length; place += 1) {
      const group = groups[place];
      if (group?.node === node && group.tenant === tenant) {
        group.claims += 1;
        return;
      }
    }
    groups.push({ node, tenant, charge, claims: 1 });
  }

  /** Of one and the same kind there may be several. */
  *all(): Generator<ClaimGroup, void> {
    for (const groups of this.#ofCharge.values()) {
      yield* groups;
    }
  }
}
