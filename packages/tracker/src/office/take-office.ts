import type { CellPolicies, DecidedEvent, LedgerEvent } from '@fleetbook/domain';
import { type EncodedCommit, encodeCommit, encodeEvent, FORMAT_VERSION, type Position } from '@fleetbook/event-log';
import type { Clock, Ids } from '@fleetbook/operations';
import type { SettledAppend } from '../commit/settle-append.ts';
import type { KeyOf } from '../outcomes/command-key.ts';
import { foldCommit, type WriterState } from './writer-state.ts';

export interface TakeOfficeOptions {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly keyOf: KeyOf;
  readonly cell: string;
  readonly writer: string;
  readonly policies: CellPolicies;
  readonly settle: (expected: Position, commit: EncodedCommit) => Promise<SettledAppend>;
}

/** Gives an empty log its first commit, and any log an election of this writer. `state` is folded to the log's end. */
export async function takeOffice(options: TakeOfficeOptions, state: WriterState): Promise<SettledAppend> {
  if (state.ledger.cell === undefined) {
    const founded = await appendOwn(options, state, state.bookmark.epoch, foundingEvents(options));
    if (founded.status !== 'appended') {
      return founded;
    }
  }
  const epoch = state.bookmark.epoch + 1;
  const { writer } = options;
  return appendOwn(options, state, epoch, [{ type: 'WriterElected', schemaVersion: 1, data: { epoch, writer } }]);
}

function foundingEvents({ cell, ids, policies }: TakeOfficeOptions): readonly DecidedEvent[] {
  return [
    {
      type: 'LedgerCreated',
      schemaVersion: 1,
      data: { cell, historyId: ids.next(), formatVersion: FORMAT_VERSION },
    },
    { type: 'CellConfigured', schemaVersion: 1, data: { policies } },
  ];
}

/** One decision of the writer itself as a commit of its own, folded once it is durable. */
async function appendOwn(
  options: TakeOfficeOptions,
  state: WriterState,
  epoch: number,
  decided: readonly DecidedEvent[],
): Promise<SettledAppend> {
  const commitId = options.ids.next();
  const at = Math.max(options.clock.now(), state.lastAt);
  const firstNumber = state.lastNumber + 1;
  const events = decided.map(
    (event, index): LedgerEvent => ({
      ...event,
      number: firstNumber + index,
      at,
      commandId: commitId,
      index,
      count: decided.length,
      actor: { role: 'system', id: options.writer },
    }),
  );
  const header = { commitId, epoch, firstNumber, previousHash: state.bookmark.hash };
  const commit = encodeCommit(
    header,
    events.map((event) => encodeEvent(event)),
  );
  const settled = await options.settle(state.bookmark.position, commit);
  if (settled.status === 'appended') {
    const number = firstNumber + events.length - 1;
    const bookmark = { position: settled.position, number, hash: commit.hash, epoch };
    foldCommit(state, options.keyOf, { events, bookmark });
  }
  return settled;
}
