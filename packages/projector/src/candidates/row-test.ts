import type { BitPlace, BitTable, ClassColumns } from './columns.ts';
import type { ClassDemand, FleetDemand } from './demand.ts';
import type { NodeTable } from './node-table.ts';

/** Judges a row of the table. Valid until the table changes. */
export type RowTest = (row: number) => boolean;

const NEVER: RowTest = () => false;

/** Whether a node's united traits meet the demand. */
export function traitTest(traits: BitTable, demand: FleetDemand): RowTest {
  const required = placesOf(traits, demand.required);
  const anyOf = demand.anyOf.map((names) => placesOf(traits, names).filter((place) => place !== undefined));
  const forbidden = placesOf(traits, demand.forbidden).filter((place) => place !== undefined);
  const present = required.filter((place) => place !== undefined);
  if (present.length < required.length || anyOf.some((places) => places.length === 0)) {
    return NEVER;
  }
  const has = (row: number) => (place: BitPlace) => ((place.words[row] ?? 0) & place.mask) !== 0;
  if (present.length + anyOf.length + forbidden.length === 0) {
    return () => true;
  }
  return (row) => {
    const hasBit = has(row);
    return present.every(hasBit) && !forbidden.some(hasBit) && anyOf.every((places) => places.some(hasBit));
  };
}

/** Whether a node is in at least one of the aggregates; without aggregates every node passes. */
export function aggregateTest(aggregates: BitTable, names: readonly string[] | undefined): RowTest {
  if (names === undefined || names.length === 0) {
    return () => true;
  }
  const places = placesOf(aggregates, names).filter((place) => place !== undefined);
  return (row) => places.some(({ words, mask }) => ((words[row] ?? 0) & mask) !== 0);
}

/** Whether the headroom of a node could serve the demand, however it is spread over its providers. */
export function headroomTest(table: NodeTable, demands: readonly ClassDemand[]): RowTest {
  const checks = demands.map((demand) => ({ ...demand, columns: table.classColumns(demand.class) }));
  if (checks.some(({ columns }) => columns === undefined)) {
    return NEVER;
  }
  return (row) => {
    for (const { columns, largest, sum } of checks) {
      if (!hasHeadroom(columns, row, largest, sum)) {
        return false;
      }
    }
    return true;
  };
}

function hasHeadroom(columns: ClassColumns | undefined, row: number, largest: number, sum: number): boolean {
  return (columns?.maxHeadroom[row] ?? 0) >= largest && (columns?.sumHeadroom[row] ?? 0) >= sum;
}

function placesOf(bits: BitTable, names: readonly string[]): readonly (BitPlace | undefined)[] {
  return names.map((name) => bits.place(name));
}
