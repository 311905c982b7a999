import { capacityOf, chargedOn, sumOf, takenUnitsOn } from './charges.ts';
import type { ChargeLine, CommandOf, ReferenceEvent, ReferenceEventOf } from './event.ts';
import type { ReferenceClaim, ReferenceNode, ReferenceState } from './state.ts';

/** One line for every invariant that an event broke when it happened, or that the state breaks. None is right. */
export function referenceViolations(state: ReferenceState): string[] {
  const nodes = [...state.nodes.values()];
  const claims = nodes.flatMap((node) => node.claims);
  return [
    ...state.violations,
    ...repeated(claims.map((claim) => claim.instance)).map((id) => `instance ${id} is held more than once`),
    ...claims.filter((claim) => state.ended.has(claim.instance)).map((claim) => `ended ${claim.instance} is held`),
    ...repeated(nodes.flatMap((node) => node.providers.map(({ id }) => id))).map(
      (id) => `provider ${id} is there twice`,
    ),
    ...repeated(claims.flatMap(unitsOf)).map((unit) => `unit ${unit} is taken more than once`),
    ...nodes.flatMap(lostCharges),
  ];
}

export function violate(state: ReferenceState, event: ReferenceEvent, what: string): void {
  state.violations.push(`event ${event.number}: ${what}`);
}

export function checkNumber(state: ReferenceState, event: ReferenceEvent): void {
  if (event.number !== state.number + 1) {
    violate(state, event, `follows event ${state.number}`);
  }
  if (event.type === 'WriterElected' && event.data.epoch <= state.epoch) {
    violate(state, event, `epoch ${event.data.epoch} follows epoch ${state.epoch}`);
  }
}

export function checkRegistration(
  state: ReferenceState,
  event: ReferenceEventOf<'NodeRegistered'>,
  known: ReferenceNode | undefined,
  bootId: string,
): void {
  if (event.data.incarnation !== (known?.incarnation ?? 0) + 1) {
    violate(state, event, `incarnation ${event.data.incarnation} follows ${known?.incarnation ?? 0}`);
  }
  if (known?.bootIds.includes(bootId)) {
    violate(state, event, `boot id ${bootId} of node ${known.id} was seen before`);
  }
  if (known !== undefined && known.owner !== event.actor.id) {
    violate(state, event, `node ${known.id} belongs to ${known.owner}, not to ${event.actor.id}`);
  }
  if (known?.status === 'retired') {
    violate(state, event, `node ${known.id} is retired`);
  }
}

export function checkReport(
  state: ReferenceState,
  event: ReferenceEvent,
  node: ReferenceNode,
  report: CommandOf<'ReportInventory'>,
): void {
  if (report.incarnation !== node.incarnation || report.sequence <= node.sequence) {
    const known = `${node.incarnation}.${node.sequence}`;
    violate(state, event, `report ${report.incarnation}.${report.sequence} of node ${node.id} follows ${known}`);
  }
  if (node.status === 'retired') {
    violate(state, event, `node ${node.id} is retired`);
  }
}

/** Holds a claim, before it counts, against everything that is live at this moment. */
export function checkClaim(
  state: ReferenceState,
  event: ReferenceEvent,
  node: ReferenceNode,
  claim: ReferenceClaim,
): void {
  const other = state.claims.get(claim.instance);
  if (other !== undefined) {
    violate(state, event, `instance ${claim.instance} is held on node ${other.node} by claim ${other.claimId}`);
  }
  if (state.ended.has(claim.instance)) {
    violate(state, event, `instance ${claim.instance} has ended`);
  }
  if (node.status !== 'enabled' || node.inventoryStatus !== 'reported') {
    violate(state, event, `node ${node.id} takes no claims: ${node.status}, inventory ${node.inventoryStatus}`);
  }
  for (const line of claim.charge) {
    for (const fault of lineFaults(node, claim, line)) {
      violate(state, event, `${claim.claimId} on ${line.provider} ${line.class}: ${fault}`);
    }
  }
}

function lineFaults(node: ReferenceNode, claim: ReferenceClaim, line: ChargeLine): string[] {
  if (!Number.isSafeInteger(line.amount) || line.amount < 1) {
    return [`an amount of ${line.amount}`];
  }
  const provider = node.providers.find(({ id }) => id === line.provider);
  const inventory = provider?.inventories.find((known) => known.class === line.class);
  if (inventory === undefined) {
    return [`node ${node.id} has no such inventory`];
  }
  const charged = chargedOn(node, line.provider, line.class);
  const added = sumOf(claim.charge.filter((other) => other.provider === line.provider && other.class === line.class));
  const capacity = capacityOf(inventory);
  const overCapacity = charged + added > capacity ? [`${charged} + ${added} of ${capacity}`] : [];
  return [...overCapacity, ...unitFaults(node, line, inventory.units)];
}

function unitFaults(node: ReferenceNode, line: ChargeLine, known: readonly string[]): string[] {
  const units = line.units ?? [];
  const taken = units.length === 0 ? [] : takenUnitsOn(node, line.provider, line.class);
  const isCounted = units.length === line.amount || (units.length === 0 && known.length === 0);
  return [
    ...(isCounted ? [] : [`an amount of ${line.amount} with ${units.length} units`]),
    ...units.filter((unit) => !known.includes(unit)).map((unit) => `unit ${unit} is not there`),
    ...units.filter((unit) => taken.includes(unit)).map((unit) => `unit ${unit} is taken`),
    ...repeated(units).map((unit) => `unit ${unit} is named twice`),
  ];
}

/** Charges that no inventory shows: a live claim keeps its inventories alive, vanished or not. */
function lostCharges(node: ReferenceNode): string[] {
  return node.claims.flatMap((claim) =>
    claim.charge
      .filter((line) => !hasInventory(node, line))
      .map((line) => `${claim.claimId} is charged to ${line.provider} ${line.class}, which is not there`),
  );
}

function hasInventory(node: ReferenceNode, line: ChargeLine): boolean {
  return node.providers.some(
    (provider) => provider.id === line.provider && provider.inventories.some(({ class: name }) => name === line.class),
  );
}

function unitsOf(claim: ReferenceClaim): string[] {
  return claim.charge.flatMap((line) => (line.units ?? []).map((unit) => `${line.provider} ${line.class} ${unit}`));
}

function repeated(texts: readonly string[]): string[] {
  const seen = new Set<string>();
  return texts.filter((text) => seen.has(text) || !seen.add(text));
}
