import type { CommandType } from '../command.ts';
import type { Instance } from '../ledger.ts';
import { reach, refuse, type StateTable, UNCHANGED } from './transition.ts';

export type ClaimCommandType = Extract<CommandType, 'ClaimInstance' | 'ConfirmClaim' | 'AbortClaim' | 'DropInstance'>;

/** `none`: the ledger does not know the instance, or its claim was aborted. */
export type ClaimState = 'none' | 'unconfirmed' | 'confirmed' | 'ended';

/** The life of an instance and its claim. A ClaimInstance equal to the live claim is answered, not refused. */
export const CLAIM_TABLE: StateTable<ClaimState, ClaimCommandType> = {
  none: {
    ClaimInstance: reach('unconfirmed'),
    ConfirmClaim: refuse('CLAIM_NOT_FOUND'),
    AbortClaim: refuse('CLAIM_NOT_FOUND'),
    DropInstance: refuse('CLAIM_NOT_FOUND'),
  },
  unconfirmed: {
    ClaimInstance: refuse('INSTANCE_ALREADY_HELD'),
    ConfirmClaim: reach('confirmed'),
    AbortClaim: reach('none'),
    DropInstance: reach('ended'),
  },
  confirmed: {
    ClaimInstance: refuse('INSTANCE_ALREADY_HELD'),
    ConfirmClaim: UNCHANGED,
    AbortClaim: refuse('CLAIM_CONFIRMED'),
    DropInstance: reach('ended'),
  },
  ended: {
    ClaimInstance: refuse('INSTANCE_ENDED'),
    ConfirmClaim: refuse('INSTANCE_ENDED'),
    AbortClaim: refuse('INSTANCE_ENDED'),
    DropInstance: refuse('INSTANCE_ENDED'),
  },
};

export const claimStateOf = (instance: Instance | undefined): ClaimState =>
  instance === undefined ? 'none' : instance.status === 'ended' ? 'ended' : instance.claim.status;
