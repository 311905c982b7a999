import type { CellPolicies, DecidedEvent } from '@fleetbook/domain';
import { type EncodedCommit, foundingEvents, type Position, writerCommit } from '@fleetbook/event-log';
import type { Clock, Ids } from '@fleetbook/operations';
import type { SettledAppend } from '../commit/settle-append.ts';
import { foldCommit, ledgerTime, type WriterState } from './writer-state.ts';

export interface TakeOfficeOptions {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly cell: string;
  readonly writer: string;
  readonly policies: CellPolicies;
  readonly settle: (expected: Position, commit: EncodedCommit) => Promise<SettledAppend>;
}

/** Gives an empty log its first commit, and any log an election of this writer. `state` is folded to the log's end. */
export async function takeOffice(options: TakeOfficeOptions, state: WriterState): Promise<SettledAppend> {
  if (state.ledger.cell === undefined) {
    const { cell, ids, policies } = options;
    const founding = foundingEvents({ cell, historyId: ids.next(), policies });
    const founded = await appendOwn(options, state, state.bookmark.epoch, founding);
    if (founded.status !== 'appended') {
      return founded;
    }
  }
  const epoch = state.bookmark.epoch + 1;
  const { writer } = options;
  return appendOwn(options, state, epoch, [{ type: 'WriterElected', schemaVersion: 1, data: { epoch, writer } }]);
}

/** One decision of the writer itself as a commit of its own, folded once it is durable. */
async function appendOwn(
  options: TakeOfficeOptions,
  state: WriterState,
  epoch: number,
  decided: readonly DecidedEvent[],
): Promise<SettledAppend> {
  const commitId = options.ids.next();
  const at = ledgerTime(state, options.clock);
  const { writer } = options;
  const { events, commit } = writerCommit({ end: state.bookmark, epoch, writer, at, commitId }, decided);
  const settled = await options.settle(state.bookmark.position, commit);
  if (settled.status === 'appended') {
    const number = state.bookmark.number + events.length;
    const bookmark = { position: settled.position, number, hash: commit.hash, epoch };
    foldCommit(state, { events, bookmark });
  }
  return settled;
}
