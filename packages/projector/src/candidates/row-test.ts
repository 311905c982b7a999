import type { BitPlace, BitTable } from './columns.ts';
import type { FleetDemand } from './demand.ts';

/** Judges a row of the table. Valid until the table changes. */
export type RowTest = (row: number) => boolean;

const NEVER: RowTest = () => false;

type TraitConditions = Pick<FleetDemand, 'required' | 'anyOf' | 'forbidden'>;

/** Whether a node's united traits meet the demand; undefined when it demands nothing. */
export function traitTest(traits: BitTable, demand: TraitConditions): RowTest | undefined {
  const required = placesOf(traits, demand.required);
  const anyOf = demand.anyOf.map((names) => placesOf(traits, names).filter((place) => place !== undefined));
  const forbidden = placesOf(traits, demand.forbidden).filter((place) => place !== undefined);
  const present = required.filter((place) => place !== undefined);
  if (present.length < required.length || anyOf.some((places) => places.length === 0)) {
    return NEVER;
  }
  if (present.length + anyOf.length + forbidden.length === 0) {
    return undefined;
  }
  return (row) => {
    const hasBit = ({ words, mask }: BitPlace): boolean => ((words[row] ?? 0) & mask) !== 0;
    return present.every(hasBit) && !forbidden.some(hasBit) && anyOf.every((places) => places.some(hasBit));
  };
}

/** Whether a node is in at least one of the aggregates; undefined without aggregates. */
export function aggregateTest(aggregates: BitTable, names: readonly string[] | undefined): RowTest | undefined {
  if (names === undefined || names.length === 0) {
    return undefined;
  }
  const places = placesOf(aggregates, names).filter((place) => place !== undefined);
  return (row) => places.some(({ words, mask }) => ((words[row] ?? 0) & mask) !== 0);
}

function placesOf(bits: BitTable, names: readonly string[]): readonly (BitPlace | undefined)[] {
  return names.map((name) => bits.place(name));
}
