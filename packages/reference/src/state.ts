import type { ChargeLine, InventoryPolicy, OverlayTarget, PlacementGroup } from './command.ts';
import { TextSet } from './text-set.ts';

export interface ReferenceInventory {
  readonly class: string;
  readonly total: number;
  readonly reserved: number;
  readonly minUnit: number;
  readonly maxUnit: number;
  readonly stepSize: number;
  readonly allocationRatioMillionths: number;
  readonly units: readonly string[];
  /** Left out of the newest report while charged: it has no capacity, and goes with its last charge. */
  readonly isVanished: boolean;
  /** The operator's overlay makes it, not a report; never so of what has vanished. */
  readonly isOverlay: boolean;
}

export interface ReferenceProvider {
  readonly id: string;
  readonly parent: string;
  /** Those of its reports; what the overlay adds is kept apart. */
  readonly traits: readonly string[];
  readonly overlayTraits: readonly string[];
  readonly aggregates: readonly string[];
  /** Left out of the newest report; it goes with its last inventory. */
  readonly isVanished: boolean;
  readonly inventories: readonly ReferenceInventory[];
}

interface Actor {
  readonly role: string;
  readonly id: string;
}

export interface Release {
  readonly since: number;
  readonly requestedBy: Actor;
  readonly then: 'ended' | 'offloaded';
}

/** What a claim says of its instance besides its charge. */
export interface Description {
  readonly tenant: string;
  readonly labels: readonly (readonly [key: string, value: string])[];
  readonly claimant: Actor;
  readonly groups: readonly PlacementGroup[];
}

export interface ReferenceClaim extends Description {
  readonly instance: string;
  claimId: string;
  node: string;
  status: 'unconfirmed' | 'confirmed';
  requestText: string;
  charge: readonly ChargeLine[];
  expiry: { readonly ttlMs: number; readonly expiresAt: number } | undefined;
  release: Release | undefined;
  state: { readonly vm: string; readonly task: string; readonly osType: string } | undefined;
}

/** Shelved: nothing is charged for it any more. */
export interface ReferenceShelved extends Description {
  readonly instance: string;
  readonly claimId: string;
  readonly node: string;
}

export interface ReferenceSide {
  node: string;
  charge: readonly ChargeLine[];
  /** What of `charge` is added to the sums of the node. */
  counted: readonly ChargeLine[];
  state: 'held' | 'releasing' | 'left-behind';
  since: number;
  requestedBy: Actor | undefined;
}

export interface ReferenceMove {
  readonly id: string;
  readonly kind: string;
  readonly instance: string;
  readonly source: string;
  readonly destination: string;
  readonly replace: boolean;
  /** Of the source of an evacuation when it began; else undefined. */
  readonly sourceIncarnation: number | undefined;
  readonly claimant: Actor;
  readonly requestText: string;
  state: string;
  since: number;
  isError: boolean;
  otherSide: 'source' | 'destination';
  /** What it holds besides the claim. */
  side: ReferenceSide | undefined;
}

export interface ReferenceDrift {
  readonly kind: string;
  readonly instance: string;
  readonly moveId: string;
  readonly since: number;
  readonly foundAt: number;
  readonly incarnation: number;
  readonly detailsText: string;
}

export interface ReferenceNode {
  readonly id: string;
  owner: string;
  incarnation: number;
  bootId: string;
  /** Every boot id it ever had, the current one last. */
  readonly bootIds: string[];
  status: 'enabled' | 'disabled' | 'down' | 'retired';
  reason: string;
  isFenced: boolean;
  inventoryStatus: 'unknown' | 'reported' | 'stale';
  /** Of the newest report of this incarnation; 0 when there is none. */
  sequence: number;
  stale: { readonly since: number; readonly reason: string } | undefined;
  transferTo: string;
  failedBuilds: number;
  /** The event since which it owes a complete guest report; 0 when it owes none. */
  owesReport: number;
  policies: InventoryPolicy[];
  aggregates: { readonly provider: string; readonly aggregates: readonly string[] }[];
  overlay: readonly OverlayTarget[];
  driftPolicy: { readonly policy: string; readonly mayFree: number } | undefined;
  drifts: ReferenceDrift[];
  providers: ReferenceProvider[];
  /** What is charged here, by the instance whose claim holds it. */
  readonly claims: Map<string, readonly ChargeLine[]>;
  /** What is charged here besides, by the move whose side holds it. */
  readonly sides: Map<string, readonly ChargeLine[]>;
  /** Where anything was ever charged. */
  readonly places: ReferencePlace[];
}

/** A provider's class. */
export interface ReferencePlace {
  readonly provider: string;
  readonly class: string;
  /** The sum of the live charge lines, counted up and down: `referenceViolations` adds them up anew. */
  charged: number;
  /** Some line here named units at some time. */
  hasUnits: boolean;
}

/** Where one history ended and another began. */
export interface ReferenceFork {
  readonly from: string;
  readonly newHistoryId: string;
  readonly keptTo: number;
  readonly lostTo: number;
}

/** A message of the inbox that could not be decided. */
export interface ReferenceParked {
  readonly sequence: number;
  readonly code: string;
  readonly since: number;
  isRetried: boolean;
}

export interface TouchedPlace {
  readonly node: ReferenceNode;
  readonly place: ReferencePlace;
  /** What was charged there before the event that is folded. */
  readonly before: number;
}

export interface ReferenceState {
  cell: { readonly name: string; readonly historyId: string } | undefined;
  readonly forks: ReferenceFork[];
  /** How far the inbox has been worked off; 0 until a command came through it. */
  inboxUpTo: number;
  /** By sequence. */
  parked: ReferenceParked[];
  /** What nodes without a drift policy of their own do. */
  driftPolicy: string;
  epoch: number;
  /** Number of the last event folded. */
  number: number;
  readonly nodes: Map<string, ReferenceNode>;
  readonly claims: Map<string, ReferenceClaim>;
  readonly shelved: Map<string, ReferenceShelved>;
  readonly ended: TextSet;
  readonly moves: Map<string, ReferenceMove>;
  /** The open move of each instance that has one. */
  readonly openMoves: Map<string, ReferenceMove>;
  /** Where charges changed during the event that is folded, and what was charged there before it. */
  readonly touched: TouchedPlace[];
  /** What the events broke at the time, in their order. */
  readonly violations: string[];
}

export function emptyState(): ReferenceState {
  return {
    cell: undefined,
    forks: [],
    inboxUpTo: 0,
    parked: [],
    driftPolicy: 'observe',
    epoch: 0,
    number: 0,
    nodes: new Map(),
    claims: new Map(),
    shelved: new Map(),
    ended: new TextSet(),
    moves: new Map(),
    openMoves: new Map(),
    touched: [],
    violations: [],
  };
}
