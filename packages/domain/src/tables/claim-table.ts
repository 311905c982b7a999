import type { CommandType } from '../command.ts';
import type { Instance } from '../ledger.ts';
import { reach, refuse, type StateTable, UNCHANGED } from './transition.ts';

/** `Unshelve` stands for a ClaimMove of that kind, `ClaimMove` for one of any other kind. */
export type ClaimCommandType =
  | Extract<
      CommandType,
      | 'ClaimInstance'
      | 'ConfirmClaim'
      | 'AbortClaim'
      | 'DropInstance'
      | 'ShelveOffload'
      | 'RebuildInstance'
      | 'AdoptInstance'
      | 'ForceDrop'
      | 'ClaimMove'
    >
  | 'Unshelve';

/**
 * `none`: the ledger does not know the instance, or its claim was aborted or expired. `moving` and `unshelving`:
 * a move is open. `releasing`: a release was asked for by somebody without the right to it.
 */
export type ClaimState =
  | 'none'
  | 'unconfirmed'
  | 'confirmed'
  | 'moving'
  | 'releasing'
  | 'offloaded'
  | 'unshelving'
  | 'ended';

/**
 * The life of an instance and its claim. A ClaimInstance or AdoptInstance equal to the live claim is answered, not
 * refused.
 * A drop or an offload reaches `releasing` instead when the actor may not free the charge of a confirmed claim, and
 * where a drop was asked for, an offload changes nothing.
 * `moving` by an evacuation that has not passed `switched`: a drop by the agent of the source is MOVE_OPEN.
 */
export const CLAIM_TABLE: StateTable<ClaimState, ClaimCommandType> = {
  none: {
    ClaimInstance: reach('unconfirmed'),
    ConfirmClaim: refuse('CLAIM_NOT_FOUND'),
    AbortClaim: refuse('CLAIM_NOT_FOUND'),
    DropInstance: refuse('CLAIM_NOT_FOUND'),
    ShelveOffload: refuse('CLAIM_NOT_FOUND'),
    RebuildInstance: refuse('CLAIM_NOT_FOUND'),
    AdoptInstance: reach('confirmed'),
    ForceDrop: refuse('CLAIM_NOT_FOUND'),
    ClaimMove: refuse('CLAIM_NOT_FOUND'),
    Unshelve: refuse('CLAIM_NOT_FOUND'),
  },
  unconfirmed: {
    ClaimInstance: refuse('INSTANCE_ALREADY_HELD'),
    ConfirmClaim: reach('confirmed'),
    AbortClaim: reach('none'),
    DropInstance: reach('ended'),
    ShelveOffload: refuse('CLAIM_UNCONFIRMED'),
    RebuildInstance: refuse('CLAIM_UNCONFIRMED'),
    AdoptInstance: refuse('INSTANCE_ALREADY_HELD'),
    ForceDrop: reach('ended'),
    ClaimMove: refuse('CLAIM_UNCONFIRMED'),
    Unshelve: refuse('INSTANCE_ALREADY_HELD'),
  },
  confirmed: {
    ClaimInstance: refuse('INSTANCE_ALREADY_HELD'),
    ConfirmClaim: UNCHANGED,
    AbortClaim: refuse('CLAIM_CONFIRMED'),
    DropInstance: reach('ended'),
    ShelveOffload: reach('offloaded'),
    RebuildInstance: reach('confirmed'),
    AdoptInstance: refuse('INSTANCE_ALREADY_HELD'),
    ForceDrop: reach('ended'),
    ClaimMove: reach('moving'),
    Unshelve: refuse('INSTANCE_ALREADY_HELD'),
  },
  moving: {
    ClaimInstance: refuse('INSTANCE_ALREADY_HELD'),
    ConfirmClaim: UNCHANGED,
    AbortClaim: refuse('CLAIM_CONFIRMED'),
    DropInstance: reach('ended'),
    ShelveOffload: refuse('MOVE_OPEN'),
    RebuildInstance: refuse('MOVE_OPEN'),
    AdoptInstance: refuse('INSTANCE_ALREADY_HELD'),
    ForceDrop: reach('ended'),
    ClaimMove: refuse('MOVE_OPEN'),
    Unshelve: refuse('INSTANCE_ALREADY_HELD'),
  },
  releasing: {
    ClaimInstance: refuse('INSTANCE_ALREADY_HELD'),
    ConfirmClaim: UNCHANGED,
    AbortClaim: refuse('CLAIM_CONFIRMED'),
    DropInstance: reach('ended'),
    ShelveOffload: reach('offloaded'),
    RebuildInstance: refuse('CLAIM_RELEASING'),
    AdoptInstance: refuse('INSTANCE_ALREADY_HELD'),
    ForceDrop: reach('ended'),
    ClaimMove: refuse('CLAIM_RELEASING'),
    Unshelve: refuse('INSTANCE_ALREADY_HELD'),
  },
  offloaded: {
    ClaimInstance: refuse('INSTANCE_OFFLOADED'),
    ConfirmClaim: refuse('INSTANCE_OFFLOADED'),
    AbortClaim: refuse('INSTANCE_OFFLOADED'),
    DropInstance: reach('ended'),
    ShelveOffload: UNCHANGED,
    RebuildInstance: refuse('INSTANCE_OFFLOADED'),
    AdoptInstance: refuse('INSTANCE_OFFLOADED'),
    ForceDrop: reach('ended'),
    ClaimMove: refuse('INSTANCE_OFFLOADED'),
    Unshelve: reach('unshelving'),
  },
  unshelving: {
    ClaimInstance: refuse('INSTANCE_OFFLOADED'),
    ConfirmClaim: refuse('INSTANCE_OFFLOADED'),
    AbortClaim: refuse('INSTANCE_OFFLOADED'),
    DropInstance: reach('ended'),
    ShelveOffload: refuse('MOVE_OPEN'),
    RebuildInstance: refuse('INSTANCE_OFFLOADED'),
    AdoptInstance: refuse('INSTANCE_OFFLOADED'),
    ForceDrop: reach('ended'),
    ClaimMove: refuse('INSTANCE_OFFLOADED'),
    Unshelve: refuse('MOVE_OPEN'),
  },
  ended: {
    ClaimInstance: refuse('INSTANCE_ENDED'),
    ConfirmClaim: refuse('INSTANCE_ENDED'),
    AbortClaim: refuse('INSTANCE_ENDED'),
    DropInstance: refuse('INSTANCE_ENDED'),
    ShelveOffload: refuse('INSTANCE_ENDED'),
    RebuildInstance: refuse('INSTANCE_ENDED'),
    AdoptInstance: refuse('INSTANCE_ENDED'),
    ForceDrop: refuse('INSTANCE_ENDED'),
    ClaimMove: refuse('INSTANCE_ENDED'),
    Unshelve: refuse('INSTANCE_ENDED'),
  },
};

export const claimStateOf = (instance: Instance | undefined): ClaimState => {
  if (instance === undefined) return 'none';
  switch (instance.status) {
    case 'ended':
      return 'ended';
    case 'offloaded':
      return instance.moveId === undefined ? 'offloaded' : 'unshelving';
    case 'held':
      if (instance.moveId !== undefined) return 'moving';
      return instance.claim.release === undefined ? instance.claim.status : 'releasing';
  }
};
