import type { EventType } from '@fleetbook/domain';

/** A parsed event of some stored version. */
export type StoredEvent = { readonly [field: string]: unknown };

/** Turns an event of version `from` into version `from` + 1. Pure: nothing but the event decides. */
export interface Upcaster {
  readonly type: EventType;
  readonly from: number;
  readonly upcast: (event: StoredEvent) => StoredEvent;
}

/** No event has a second version yet. */
export const UPCASTERS: readonly Upcaster[] = [];

export type UpcastToNewest = (type: EventType, version: number, event: StoredEvent) => StoredEvent;

/** By type, one entry per version. */
type Versions = Readonly<Record<EventType, readonly unknown[]>>;

/**
 * Chains the steps of each type; throws when a step is missing, there twice, or leads beyond the newest version.
 */
export const chainUpcasters = (versions: Versions, upcasters: readonly Upcaster[]): UpcastToNewest => {
  const steps = new Map<string, Upcaster>();
  for (const upcaster of upcasters) {
    const key = `${upcaster.type} ${upcaster.from}`;
    if (steps.has(key)) {
      throw new Error(`Two upcasters from version ${upcaster.from} of ${upcaster.type}`);
    }
    if (upcaster.from < 1 || upcaster.from >= versions[upcaster.type].length) {
      throw new Error(`An upcaster from version ${upcaster.from} of ${upcaster.type} leads nowhere`);
    }
    steps.set(key, upcaster);
  }
  for (const [type, { length: newest }] of Object.entries(versions)) {
    for (let version = 1; version < newest; version += 1) {
      if (!steps.has(`${type} ${version}`)) {
        throw new Error(`No upcaster from version ${version} of ${type}`);
      }
    }
  }
  return (type, version, event) => {
    let current = event;
    for (let step = version; step < versions[type].length; step += 1) {
      const upcaster = steps.get(`${type} ${step}`);
      current = upcaster === undefined ? current : upcaster.upcast(current);
    }
    return current;
  };
};
