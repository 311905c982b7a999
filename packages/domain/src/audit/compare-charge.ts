import type { JsonValue } from '../event.ts';
import type { Inventory, Node } from '../ledger.ts';
import type { ChargeLine } from '../request.ts';

/** How many differences a drift names; details are stored and stay small. */
const LINES_SHOWN = 8;

const keyOf = (line: ChargeLine): string => `${line.provider} ${line.class}`;

const placeOf = ({ provider, class: name }: ChargeLine) => ({ provider, class: name });

const shown = (lines: readonly JsonValue[]): readonly JsonValue[] | undefined =>
  lines.length === 0 ? undefined : lines.slice(0, LINES_SHOWN);

const amountOf = (charge: readonly ChargeLine[], line: ChargeLine): number =>
  charge.filter((each) => keyOf(each) === keyOf(line)).reduce((sum, each) => sum + each.amount, 0);

/** Where a guest uses another amount than its claim holds. */
export const amountsThatDiffer = (
  held: readonly ChargeLine[],
  found: readonly ChargeLine[],
): readonly JsonValue[] | undefined => {
  const lines = new Map([...held, ...found].map((line) => [keyOf(line), line]));
  const differences = [...lines.values()]
    .map((line) => ({ ...placeOf(line), held: amountOf(held, line), found: amountOf(found, line) }))
    .filter((line) => line.held !== line.found);
  return shown(differences);
};

/** Where a guest names other units than its claim holds; a guest that names none says nothing. */
export const unitsThatDiffer = (
  held: readonly ChargeLine[],
  found: readonly ChargeLine[],
): readonly JsonValue[] | undefined => {
  const differences = held.flatMap((line) => {
    const other = found.find((each) => keyOf(each) === keyOf(line));
    if (line.units === undefined || other?.units === undefined) return [];
    const missing = line.units.filter((unit) => !other.units?.includes(unit));
    const extra = other.units.filter((unit) => !line.units?.includes(unit));
    if (missing.length + extra.length === 0) return [];
    return [{ ...placeOf(line), missing: missing.slice(0, LINES_SHOWN), extra: extra.slice(0, LINES_SHOWN) }];
  });
  return shown(differences);
};

/** Whether a report leaves open which units a guest has, of any class whose units its claim holds. */
export const leavesUnitsOpen = (held: readonly ChargeLine[], found: readonly ChargeLine[] | undefined): boolean =>
  held.some(
    (line) =>
      line.units !== undefined &&
      (found === undefined || found.some((each) => keyOf(each) === keyOf(line) && each.units === undefined)),
  );

const inventoryOf = (node: Node, line: ChargeLine): Inventory | undefined =>
  node.tree.providers
    .find((provider) => provider.id === line.provider)
    ?.inventories.find((each) => each.class === line.class);

/** Units that a claim holds and its node does not have any more. */
export const unitsThatVanished = (node: Node, held: readonly ChargeLine[]): readonly JsonValue[] | undefined => {
  const lines = held.flatMap((line) => {
    if (line.units === undefined) return [];
    const inventory = inventoryOf(node, line);
    const offered = inventory === undefined || inventory.isVanished ? [] : (inventory.units ?? []);
    const gone = line.units.filter((unit) => !offered.includes(unit));
    return gone.length === 0 ? [] : [{ ...placeOf(line), units: gone.slice(0, LINES_SHOWN) }];
  });
  return shown(lines);
};

/** Where a guest has units that its report does not name. */
export const unitsNotNamed = (node: Node, found: readonly ChargeLine[]): readonly JsonValue[] | undefined =>
  shown(found.filter((line) => line.units === undefined && inventoryOf(node, line)?.units !== undefined).map(placeOf));
