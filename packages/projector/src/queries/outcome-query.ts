import {
  fleetbookError,
  formatToken,
  isErrorCode,
  type OutcomeAnswer,
  type OutcomeQuery,
  type RecordedReply,
} from '@fleetbook/contracts';
import { type LedgerEvent, resultOf } from '@fleetbook/domain';
import type { QuestionView } from '../view/question-view.ts';
import type { HistorySources } from './history-query.ts';
import { heldOn, sidesOn } from './holdings.ts';

/** What was recorded for a command of this sender, as its reply said it. */
export async function answerOutcome(
  view: QuestionView,
  { reader, positionsOf }: HistorySources,
  query: OutcomeQuery,
): Promise<OutcomeAnswer> {
  const positions = positionsOf();
  const { numbers } = await positions.command(query.commandId);
  const historyId = view.ledger.cell?.historyId ?? '';
  for (const event of await reader.readEvents(numbers, view.bookmarks.before)) {
    if (event.actor.role === query.role && event.actor.id === query.actor) {
      const last = event.number + event.count - 1;
      const decision = await reader.readRange(event.number, last, view.bookmarks.before);
      return { status: 'recorded', reply: replyOf(view, historyId, decision) };
    }
  }
  return { status: 'not-found', searchedFrom: positions.commandsFrom };
}

function replyOf(view: QuestionView, historyId: string, decision: readonly LedgerEvent[]): RecordedReply {
  const first = decision[0];
  const last = decision.at(-1);
  if (first === undefined || last === undefined) {
    throw new Error('the log no longer holds an event that was folded');
  }
  const facts = { commandId: first.commandId, token: formatToken(historyId, last.number), at: last.at };
  if (first.type === 'CommandRejected') {
    const { code, details } = first.data;
    if (!isErrorCode(code)) {
      throw new Error(`event ${first.number} refuses with ${code}, which is not in the catalogue`);
    }
    return { outcome: 'refused', ...facts, error: fleetbookError(code, details) };
  }
  const result = resultOf(decision);
  return {
    outcome: 'accepted',
    ...facts,
    result:
      result.type === 'RegisterNode'
        ? { ...result, held: heldOn(view.ledger, result.node), sides: sidesOn(view.ledger, result.node) }
        : result,
  };
}
