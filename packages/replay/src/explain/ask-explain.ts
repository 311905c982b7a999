import {
  type ExplainAnswer,
  type ExplainQuery,
  errorEntry,
  type FleetbookError,
  fleetbookError,
  isErrorCode,
  type OtherDecision,
  otherDecisionOf,
  type PastFacts,
  type SecondJudgement,
} from '@fleetbook/contracts';
import { type Ledger, type LedgerEvent, type Result, succeed } from '@fleetbook/domain';
import type { ReplayIndex } from '../index/replay-index.ts';
import { claimStand, moveStand, nodeStand } from '../past/ask-diff.ts';
import { pastFacts } from '../past/ask-one.ts';
import { firstsOfCommand } from '../past/event-source.ts';
import type { Instants } from '../past/instants.ts';
import { momentOf } from '../past/moment.ts';
import { ViewOfPast } from '../past/view-of-past.ts';
import { classFigures, demandedOf } from './demanded.ts';
import { findDecision } from './find-decision.ts';
import { holdersInTheWay, type PlacedHolder, rulesIn } from './in-the-way.ts';
import { isRecordedAs, judgeOn, messageOf, recallFor } from './judge-again.ts';
import { causesOf, consequencesOf, type InTheWay } from './links.ts';
import { type SubjectsOfDecision, subjectsOf } from './subjects-of.ts';
import { timeRuleOf } from './time-rule.ts';

/** How a decision came about and what came of it, as known at event `last`. Errors: NOT_FOUND. */
export async function explain(
  instants: Instants,
  index: ReplayIndex,
  query: ExplainQuery,
  last: number,
): Promise<Result<ExplainAnswer, FleetbookError>> {
  const found = await findDecision(index, query, last, async () => (await instants.viewAt(index, last)).view);
  if (!found.ok) {
    return found;
  }
  const events = found.value;
  const [first] = events;
  const before = await stateBefore(instants, index, first);
  const message = messageOf(first);
  if (message !== undefined) {
    await recallFor(index, before.view, message);
  }
  const subjects = subjectsOf(events, before.view.ledger);
  const again = judgeAgain(before.view, events);
  const holders = waysOf(before.view, events);
  const decided = { index, events, subjects };
  const time = timeRuleOf(before.view.ledger, first);
  const causes = await causesOf(decided, holders.map(makerOf));
  const consequences = await consequencesOf(decided, last);
  const others = await othersUnder(index, first, last);
  return succeed({
    outcome: outcomeOf(events),
    events,
    ...(others.length === 0 ? {} : { others }),
    ...(before.facts === undefined ? {} : { judgedOn: before.facts }),
    ...refusalOf(first),
    ...(time === undefined ? {} : { time }),
    rules: first?.type === 'CommandRejected' ? rulesIn(first.data.details) : [],
    again,
    ...standsIn(before.view.ledger, subjects, first),
    holders,
    causes: causes.list(events),
    consequences: consequences.list(events),
    isComplete: causes.isComplete && consequences.isComplete,
  });
}

/** Several actors may use one command id. */
async function othersUnder(
  index: ReplayIndex,
  first: LedgerEvent | undefined,
  last: number,
): Promise<readonly OtherDecision[]> {
  if (first?.command === undefined) {
    return [];
  }
  const all = await firstsOfCommand(index, first.commandId, last);
  return all.filter(({ number }) => number !== first.number).map(otherDecisionOf);
}

interface StateBefore {
  readonly view: ViewOfPast;
  readonly facts?: PastFacts;
}

/** The state that a decision was judged on: that at the end of the decision before. */
async function stateBefore(
  instants: Instants,
  index: ReplayIndex,
  first: LedgerEvent | undefined,
): Promise<StateBefore> {
  const number = (first?.number ?? 1) - 1;
  if (number === 0) {
    return { view: new ViewOfPast() };
  }
  const { view, proof } = await instants.viewAt(index, number);
  const { start } = index;
  // Of the event before a file, the state at its end is all that is known.
  const moment =
    start?.end.number === number
      ? { number, at: start.lastAt, issuedAt: undefined }
      : await momentOf(index.segments, number);
  return { view, ...(moment === undefined ? {} : { facts: pastFacts(moment, proof) }) };
}

function outcomeOf([first]: readonly LedgerEvent[]): ExplainAnswer['outcome'] {
  if (first?.command === undefined) {
    return 'own';
  }
  return first.type === 'CommandRejected' ? 'refused' : 'accepted';
}

function judgeAgain({ ledger, bookmark }: ViewOfPast, events: readonly LedgerEvent[]): SecondJudgement {
  const [first] = events;
  const message = messageOf(first);
  if (message === undefined || first === undefined) {
    return {};
  }
  const decision = judgeOn(ledger, message, bookmark.number, first.at);
  const agrees = isRecordedAs(decision, events);
  if (decision.kind === 'rejected') {
    return { agrees, outcome: 'refused', ...decision.rejection };
  }
  return { agrees, outcome: decision.kind };
}

function refusalOf(first: LedgerEvent | undefined): Pick<ExplainAnswer, 'refusal'> {
  if (first?.type !== 'CommandRejected') {
    return {};
  }
  const { code, details } = first.data;
  const known = isErrorCode(code) ? code : 'INTERNAL_ERROR';
  return { refusal: { code, message: fleetbookError(known, details).message, about: errorEntry(known).about } };
}

function waysOf(view: ViewOfPast, [first]: readonly LedgerEvent[]): readonly PlacedHolder[] {
  return first?.type === 'CommandRejected' ? holdersInTheWay(view, first.data.code, first.data.details) : [];
}

function makerOf({ instance, claimId, moveId }: PlacedHolder): InTheWay {
  return { instance, commandId: claimId ?? moveId ?? '' };
}

function standsIn(
  ledger: Ledger,
  subjects: SubjectsOfDecision,
  first: LedgerEvent | undefined,
): Pick<ExplainAnswer, 'nodes' | 'instances' | 'moves'> {
  const command = first?.command;
  return {
    nodes: subjects.nodes.map((id) => {
      const node = ledger.nodes.get(id);
      return {
        node: id,
        ...(node === undefined ? {} : { stand: nodeStand(node) }),
        classes: classFigures(ledger, id, command && demandedOf(id, command, ledger)),
      };
    }),
    instances: subjects.instances.map((id) => {
      const instance = ledger.instances.get(id);
      const stand = instance === undefined ? undefined : claimStand(instance);
      return { instance: id, status: instance?.status ?? 'none', ...(stand === undefined ? {} : { stand }) };
    }),
    moves: subjects.moves.map((id) => {
      const move = ledger.moves.get(id);
      return { moveId: id, ...(move === undefined ? {} : { stand: moveStand(move) }) };
    }),
  };
}
