import type { MoveState, SideOutcome } from './move.ts';
import type { RejectionCode } from './rejection.ts';
import type { ChargeLine } from './request.ts';

/** A node that was tried before the one that took the claim, and why it did not. */
export interface PassedOver {
  readonly node: string;
  readonly code: RejectionCode;
}

/** The open move that ended with its instance, and what became of its other side. */
export interface EndedMove {
  readonly moveId: string;
  readonly other: SideOutcome;
}

/** The data of the events of instances, claims and moves. */
export interface InstanceEventData {
  /** `passedOver` is present when an alternate took the claim. */
  readonly InstanceClaimed: {
    readonly node: string;
    readonly charge: readonly ChargeLine[];
    readonly passedOver?: readonly PassedOver[];
  };
  readonly ClaimConfirmed: Readonly<Record<string, never>>;
  readonly ClaimAborted: Readonly<Record<string, never>>;
  /** By the writer's timer. */
  readonly ClaimExpired: { readonly node: string; readonly instance: string; readonly claimId: string };
  /** By DropInstance or ShelveOffload from an actor without the right to free. */
  readonly DropRequested: { readonly move?: EndedMove };
  readonly InstanceDropped: { readonly move?: EndedMove };
  readonly InstanceOffloaded: Readonly<Record<string, never>>;
  /** The charge from now on. */
  readonly InstanceRebuilt: { readonly charge: readonly ChargeLine[] };
  readonly InstanceAdopted: { readonly charge: readonly ChargeLine[] };
  readonly InstanceForceDropped: { readonly move?: EndedMove };
  /** `counted` is present when it differs from `charge`. */
  readonly MoveClaimed: { readonly charge: readonly ChargeLine[]; readonly counted?: readonly ChargeLine[] };
  /** To the state that the command names; `completed` is a MoveCompleted instead. */
  readonly MoveAdvanced: Readonly<Record<string, never>>;
  readonly MoveCompleted: { readonly other: SideOutcome };
  readonly MoveConfirmed: { readonly other: SideOutcome };
  /** By the writer's timer. */
  readonly MoveAutoConfirmed: { readonly instance: string; readonly moveId: string; readonly other: SideOutcome };
  readonly MoveReverted: { readonly other: SideOutcome };
  readonly MoveCancelled: { readonly other: SideOutcome };
  /** Before `switched`: state `failed`, with `other`. From it on: the state stays, with `isError`. */
  readonly MoveFailed: { readonly state: MoveState; readonly isError: boolean; readonly other?: SideOutcome };
  readonly MoveClaimDropped: Readonly<Record<string, never>>;
  readonly MoveReleaseRequested: Readonly<Record<string, never>>;
  /** By ForceDrop with a `moveId`. */
  readonly MoveClaimForceDropped: Readonly<Record<string, never>>;
}

export type InstanceEventType = keyof InstanceEventData;

type PartTypes = Exclude<InstanceEventType, 'ClaimExpired' | 'MoveAutoConfirmed' | 'InstanceAdopted'>;

/** What one part of an atomic batch did. */
export type BatchPartEvent = {
  [Type in PartTypes]: { readonly type: Type; readonly schemaVersion: number; readonly data: InstanceEventData[Type] };
}[PartTypes];
