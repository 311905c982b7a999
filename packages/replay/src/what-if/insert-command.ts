import {
  type FleetbookError,
  fleetbookError,
  type InsertedCommand,
  isErrorCode,
  parseCommand,
  type WhatIfAnswer,
} from '@fleetbook/contracts';
import {
  type CommandMessage,
  fail,
  isSameActor,
  type LedgerEvent,
  policiesOf,
  type Result,
  succeed,
} from '@fleetbook/domain';
import { checkTime, earlierUse, wantedClaimIds } from '@fleetbook/tracker/rules';
import { judgeOn, recallFor } from '../explain/judge-again.ts';
import type { ReplayIndex } from '../index/replay-index.ts';
import { makerBefore } from '../past/known-before.ts';
import type { Moment } from '../past/moment.ts';
import type { ViewOfPast } from '../past/view-of-past.ts';
import { earlierDecisions } from './earlier-decisions.ts';
import type { OtherWorld } from './other-world.ts';

export type Inserted = Pick<WhatIfAnswer, 'inserted'>;

interface Place {
  readonly index: ReplayIndex;
  /** The command is decided just after it. */
  readonly from: Moment;
  /** The state there, and the world that begins with it. */
  readonly view: ViewOfPast;
  readonly world: OtherWorld;
}

/**
 * Puts a command into a world as its tracker would have taken it there: an id that was used before means what it would
 * have meant, and so does the time at which it says it was issued. Errors: INVALID_FIELD, and every refusal that the
 * command would have met with.
 */
export async function insertCommand(place: Place, command: InsertedCommand): Promise<Result<Inserted, FleetbookError>> {
  const { index, from, view, world } = place;
  const read = readInserted(command, { issuedAt: from.at, origin: ORIGIN });
  if (!read.ok) {
    return read;
  }
  const message = read.value;
  const policies = policiesOf(view.ledger);
  const decisions = await earlierDecisions(index, message, from, policies);
  const answered = answerOfBefore(command, message, decisions) ?? (await answerOfFile(index, message));
  if (answered !== undefined) {
    return answered;
  }
  const late = checkTime(policies, message.issuedAt, from.at);
  if (late !== undefined) {
    return fail(late);
  }
  await recallFor(index, view, message);
  const decision = judgeOn(view.ledger, message, from.number, from.at);
  if (decision.kind === 'rejected') {
    return fail(fleetbookError(decision.rejection.code, decision.rejection.details));
  }
  world.insert(message, decision, from.number, from.at);
  const types = decision.kind === 'accepted' ? decision.events.map(({ type }) => type) : [];
  return succeed({ inserted: { commandId: message.commandId, types } });
}

type Decided = readonly [LedgerEvent, ...LedgerEvent[]];

/** What earlier decisions answer; undefined where none of them has to do with the command. */
function answerOfBefore(
  command: InsertedCommand,
  message: CommandMessage,
  decisions: readonly Decided[],
): Result<Inserted, FleetbookError> | undefined {
  const { commandId } = message;
  let isTaken = false;
  for (const recorded of decisions) {
    switch (earlierUse(asRecorded(command, message, recorded[0]), recorded)) {
      case 'repeated':
        return repeatOf(commandId, recorded[0]);
      case 'reused':
        return fail(fleetbookError('COMMAND_ID_REUSED', { commandId }));
      case 'taken':
        isTaken = true;
        break;
      default:
    }
  }
  return isTaken ? fail(fleetbookError('CLAIM_ID_TAKEN', { commandId })) : undefined;
}

/** Of decisions before an incident file, the claims and moves that they made are known. */
async function answerOfFile(
  index: ReplayIndex,
  message: CommandMessage,
): Promise<Result<never, FleetbookError> | undefined> {
  const { commandId, actor } = message;
  for (const id of index.start === undefined ? [] : wantedClaimIds(message)) {
    const maker = await makerBefore(index, id);
    if (maker !== undefined) {
      return fail(fleetbookError(isSameActor(maker, actor) ? 'COMMAND_ID_REUSED' : 'CLAIM_ID_TAKEN', { commandId }));
    }
  }
  return undefined;
}

/** Whoever sends a command again leaves out nothing: what is left out here is what was sent then. */
function asRecorded(command: InsertedCommand, message: CommandMessage, first: LedgerEvent): CommandMessage {
  const { issuedAt = message.issuedAt, command: sent } = first;
  const origin = sent !== undefined && 'origin' in sent ? sent.origin : ORIGIN;
  const read = readInserted(command, { issuedAt, origin });
  return read.ok ? read.value : message;
}

function repeatOf(commandId: string, first: LedgerEvent): Result<Inserted, FleetbookError> {
  if (first.type !== 'CommandRejected') {
    return succeed({ inserted: { commandId, types: [], repeats: first.number } });
  }
  const { code, details } = first.data;
  return fail(fleetbookError(isErrorCode(code) ? code : 'INTERNAL_ERROR', details));
}

const ORIGIN = { client: 'fleetbook what-if', version: '1', host: 'nowhere' };

/** An inserted command says what it does not leave out. */
function readInserted(
  { role, actor, type, body }: InsertedCommand,
  rest: { readonly issuedAt: number; readonly origin: unknown },
): Result<CommandMessage, FleetbookError> {
  const whole = { commandId: 'what-if', ...rest, ...body };
  return parseCommand({ role, actor, command: type }, Buffer.from(JSON.stringify(whole)));
}
