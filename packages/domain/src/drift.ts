import type { RejectionDetails } from './event.ts';
import { compareIds, compareText } from './order.ts';

export const DRIFT_KINDS = [
  'release-done',
  'guest-missing',
  'guest-unknown',
  'guest-elsewhere',
  'guest-on-two-nodes',
  'amounts-differ',
  'units-differ',
  'unit-vanished',
] as const;

/** In what way the guests of a node differ from the ledger. */
export type DriftKind = (typeof DRIFT_KINDS)[number];

/** A node has at most one open drift of a kind per instance, and per side of a move where `moveId` is present. */
export interface DriftKey {
  readonly kind: DriftKind;
  readonly instance: string;
  readonly moveId?: string;
}

export interface Drift extends DriftKey {
  readonly details: RejectionDetails;
}

/** A drift as the ledger keeps it until it is cleared or healed. */
export interface OpenDrift extends Drift {
  /** Time, event number and incarnation of its finding. */
  readonly since: number;
  readonly foundAt: number;
  readonly incarnation: number;
}

export const isSameDrift = (left: DriftKey, right: DriftKey): boolean =>
  left.kind === right.kind && left.instance === right.instance && left.moveId === right.moveId;

export const compareDrifts = (left: DriftKey, right: DriftKey): number =>
  compareIds(left.instance, right.instance) ||
  compareText(left.kind, right.kind) ||
  compareText(left.moveId ?? '', right.moveId ?? '');
