import { SENDER_ROLES } from '@fleetbook/contracts';
import { COMMAND_TYPES, type CommandType, scopeOf } from '@fleetbook/domain';
import { expect, it } from 'vitest';
import { VERBS } from './table.ts';

/** The verbs that send each command. */
const VERB_OF: Readonly<Record<CommandType, readonly string[]>> = {
  RegisterNode: ['node register'],
  ReportInventory: ['node report'],
  EnableNode: ['node enable', 'node up'],
  DisableNode: ['node disable'],
  RetireNode: ['node retire'],
  MarkNodeDown: ['node down'],
  TransferNode: ['node transfer'],
  SetInventoryPolicy: ['node policy'],
  SetAggregates: ['node aggregates'],
  SetOverlay: ['node overlay'],
  SetDriftPolicy: ['node drift-policy', 'node heal'],
  Reshape: ['node reshape'],
  ReportBuildResult: ['node build'],
  ReportInstanceState: ['instance state'],
  ReportGuests: ['node guests'],
  ClaimInstance: ['instance claim'],
  ConfirmClaim: ['instance confirm'],
  AbortClaim: ['instance abort'],
  DropInstance: ['instance drop'],
  ShelveOffload: ['instance offload'],
  RebuildInstance: ['instance rebuild'],
  AdoptInstance: ['instance adopt'],
  ForceDrop: ['instance force-drop'],
  ClaimMove: ['move claim'],
  AdvanceMove: ['move advance'],
  ConfirmMove: ['move confirm'],
  RevertMove: ['move revert'],
  FailMove: ['move fail'],
  CancelMove: ['move cancel'],
  DropMoveClaim: ['move drop'],
  AtomicBatch: ['batch'],
  RevokeCheckpoint: ['checkpoint revoke'],
};

const SENDING = COMMAND_TYPES.flatMap((type) => VERB_OF[type].map((words) => [words, type] as const));

it.each(SENDING)('%s offers the roles that may send %s, where there are several', (words, type) => {
  const verb = VERBS.find((each) => each.words === words);
  const flag = verb?.flags.find(({ name }) => name === 'role');
  const roles = SENDER_ROLES.filter((role) => scopeOf(type, role) !== undefined);
  expect(flag?.kind === 'text' ? flag.among : undefined).toEqual(roles.length === 1 ? undefined : roles);
});

/** Without a tracker in office. */
const MENDING = ['backup restore', 'log recover'];

it('every verb that writes is one of these, or mends the log itself', () => {
  const writing = VERBS.filter(({ flags }) => flags.some(({ name }) => name === 'dry-run')).map(({ words }) => words);
  expect(writing.sort()).toEqual([...SENDING.map(([words]) => words), ...MENDING].sort());
});
