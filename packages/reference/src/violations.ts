import { capacityOf, chargedOn, takenUnitsOn } from './charges.ts';
import type { ChargeLine, CommandOf } from './command.ts';
import type { ReferenceEvent, ReferenceEventOf } from './event.ts';
import type { ReferenceClaim, ReferenceInventory, ReferenceNode, ReferenceState, TouchedPlace } from './state.ts';

/** One line for every invariant that an event broke when it happened, or that the state breaks. None is right. */
export function referenceViolations(state: ReferenceState): string[] {
  const nodes = [...state.nodes.values()];
  const held = [...state.claims.keys(), ...state.shelved.keys()];
  return [
    ...state.violations,
    ...repeated(held).map((id) => `instance ${id} is both held and shelved`),
    ...held.filter((id) => state.ended.has(id)).map((id) => `ended ${id} is there`),
    ...[...state.openMoves.values()].flatMap((move) => openMoveFaults(state, move.instance)),
    ...repeated(nodes.flatMap((node) => node.providers.map(({ id }) => id))).map(
      (id) => `provider ${id} is there twice`,
    ),
    ...nodes.flatMap(nodeFaults),
  ];
}

/** An open move names both places where its instance is held, or the one where a shelved one will be. */
function openMoveFaults(state: ReferenceState, instance: string): string[] {
  const move = state.openMoves.get(instance);
  const claim = state.claims.get(instance);
  const isOver = move?.otherSide === 'source';
  const runsOn = isOver ? move?.destination : move?.source;
  const isKnown = move?.kind === 'unshelve' ? state.shelved.has(instance) : claim?.node === runsOn;
  const isHeld = move?.side?.state === 'held' && move.side.node === (isOver ? move.source : move.destination);
  return isKnown && isHeld ? [] : [`open move ${move?.id} of instance ${instance} has not both its sides`];
}

function nodeFaults(node: ReferenceNode): string[] {
  const lines = [
    ...[...node.claims].flatMap(([id, charge]) => charge.map((line) => ({ ...line, holder: `claim ${id}` }))),
    ...[...node.sides].flatMap(([id, charge]) => charge.map((line) => ({ ...line, holder: `side ${id}` }))),
  ];
  return [
    ...repeated(
      lines.flatMap((line) => (line.units ?? []).map((unit) => `${line.provider} ${line.class} ${unit}`)),
    ).map((unit) => `unit ${unit} is taken more than once`),
    ...lines
      .filter((line) => inventoryOf(node, line.provider, line.class) === undefined)
      .map((line) => `${line.holder} is charged to ${line.provider} ${line.class}, which is not there`),
    ...lines
      .filter((line) => !Number.isSafeInteger(line.amount) || line.amount < 0)
      .map((line) => `${line.holder} is charged ${line.amount} on ${line.provider} ${line.class}`),
    ...node.places
      .map((place) => ({ ...place, sum: chargedOn(node, place.provider, place.class) }))
      .filter(({ charged, sum }) => charged !== sum)
      .map((place) => `${place.charged} is counted on ${place.provider} ${place.class}, the charges are ${place.sum}`),
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
  const isTaken = known !== undefined && known.owner !== event.actor.id;
  // A new owner may find the host as the old one left it: still running. So may whoever was thought to be fenced off.
  const isSameStart = known?.bootId === bootId && (isTaken || known.isFenced);
  if (known?.bootIds.includes(bootId) && !isSameStart) {
    violate(state, event, `boot id ${bootId} of node ${known.id} was seen before`);
  }
  if (isTaken && known.transferTo !== event.actor.id && !(known.status === 'down' && known.isFenced)) {
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

export function checkRetirement(state: ReferenceState, event: ReferenceEvent, id: string): void {
  const { claims, sides } = state.nodes.get(id) ?? {};
  const count = (claims?.size ?? 0) + (sides?.size ?? 0);
  if (count > 0) {
    violate(state, event, `node ${id} is retired with ${count} live charges`);
  }
}

/** New charges of any kind, facts apart, go to enabled nodes whose inventory is known. */
export function checkTakesClaims(state: ReferenceState, event: ReferenceEvent, id: string): void {
  const node = state.nodes.get(id);
  if (node?.status !== 'enabled' || node.inventoryStatus !== 'reported') {
    violate(state, event, `node ${id} takes no claims: ${node?.status}, inventory ${node?.inventoryStatus}`);
  }
}

export function checkNewClaim(state: ReferenceState, event: ReferenceEvent, claim: ReferenceClaim): void {
  if (state.moves.has(claim.claimId)) {
    violate(state, event, `claim ${claim.claimId} has the id of a move`);
  }
  const other = state.claims.get(claim.instance);
  if (other !== undefined) {
    violate(state, event, `instance ${claim.instance} is held on node ${other.node} by claim ${other.claimId}`);
  }
  if (state.shelved.has(claim.instance)) {
    violate(state, event, `instance ${claim.instance} is shelved`);
  }
  if (state.ended.has(claim.instance)) {
    violate(state, event, `instance ${claim.instance} has ended`);
  }
}

/** Facts: the guests are there, whether they fit or not. */
const FACTS: ReadonlySet<ReferenceEvent['type']> = new Set(['InstanceAdopted', 'DriftHealed']);

/** Holds what an event charged, once it is folded whole, against the capacity and the units that were there. */
export function checkCharges(state: ReferenceState, event: ReferenceEvent): void {
  for (const touched of state.touched) {
    const { provider, class: resourceClass } = touched.place;
    for (const fault of placeFaults(event, touched)) {
      violate(state, event, `${event.commandId} on ${provider} ${resourceClass}: ${fault}`);
    }
  }
}

function placeFaults(event: ReferenceEvent, { node, place, before }: TouchedPlace): readonly string[] {
  const { provider, class: resourceClass, charged } = place;
  const twice = place.hasUnits ? unitsTakenTwice(node, provider, resourceClass) : NONE;
  if (charged <= before || FACTS.has(event.type)) {
    return twice;
  }
  const inventory = inventoryOf(node, provider, resourceClass);
  if (inventory === undefined) {
    return [`node ${node.id} has no such inventory`];
  }
  const capacity = capacityOf(inventory);
  return charged > capacity ? [...twice, `${before} + ${charged - before} of ${capacity}`] : twice;
}

function unitsTakenTwice(node: ReferenceNode, provider: string, resourceClass: string): readonly string[] {
  return repeated(takenUnitsOn(node, provider, resourceClass)).map((unit) => `unit ${unit} is taken twice`);
}

/** What a claim or move is given, line by line: at least 1, and units that are there. */
export function checkLines(
  state: ReferenceState,
  event: ReferenceEvent,
  id: string,
  charge: readonly ChargeLine[],
): void {
  const node = state.nodes.get(id);
  if (charge.length === 0) {
    violate(state, event, `nothing is charged on node ${id}`);
  }
  for (const line of charge) {
    const known = node === undefined ? undefined : inventoryOf(node, line.provider, line.class);
    for (const fault of lineFaults(line, known?.units ?? [])) {
      violate(state, event, `${event.commandId} on ${line.provider} ${line.class}: ${fault}`);
    }
  }
}

function lineFaults(line: ChargeLine, known: readonly string[]): readonly string[] {
  const units = line.units ?? NONE;
  const isSound = Number.isSafeInteger(line.amount) && line.amount > 0;
  const isCounted = units.length === line.amount || (units.length === 0 && known.length === 0);
  if (isSound && isCounted && units.length === 0) {
    return NONE;
  }
  return [
    ...(isSound ? [] : [`an amount of ${line.amount}`]),
    ...(isCounted ? [] : [`an amount of ${line.amount} with ${units.length} units`]),
    ...units.filter((unit) => !known.includes(unit)).map((unit) => `unit ${unit} is not there`),
    ...repeated(units).map((unit) => `unit ${unit} is named twice`),
  ];
}

function inventoryOf(node: ReferenceNode, provider: string, resourceClass: string): ReferenceInventory | undefined {
  for (const { id, inventories } of node.providers) {
    if (id === provider) {
      return inventories.find(({ class: name }) => name === resourceClass);
    }
  }
  return undefined;
}

function repeated(texts: readonly string[]): readonly string[] {
  if (texts.length < 2) {
    return NONE;
  }
  const seen = new Set<string>();
  return texts.filter((text) => seen.has(text) || !seen.add(text));
}

const NONE: readonly string[] = [];
