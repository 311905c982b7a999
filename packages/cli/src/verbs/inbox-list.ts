import type { InboxAnswer, ParkedAnswer } from '@fleetbook/contracts';
import type { Run } from '../call.ts';
import { type Column, printTable } from '../output/table.ts';
import type { Terminal } from '../output/terminal.ts';
import { question } from '../session/question.ts';

const COLUMNS: readonly Column<ParkedAnswer>[] = [
  { title: 'sequence', cell: ({ sequence }) => String(sequence), isNumeric: true },
  { title: 'since', cell: ({ since }) => new Date(since).toISOString() },
  { title: 'code', cell: ({ code }) => code },
  { title: 'reason', cell: ({ reason, isRetried }) => (isRetried === true ? `(retried) ${reason}` : reason) },
];

export const inboxList: Run = (call) =>
  question(call, 'inbox', {}, { print: printInbox, isYes: ({ parked }) => parked.length === 0 });

function printInbox(terminal: Terminal, { upTo, parked }: InboxAnswer): void {
  if (parked.length === 0) {
    terminal.print('no message is parked');
  } else {
    printTable(terminal, COLUMNS, parked);
    terminal.say('fleetbook inbox show SEQUENCE shows one, inbox retry and inbox discard settle it');
  }
  terminal.say(upTo === 0 ? 'nothing came through the inbox yet' : `dealt with up to message ${upTo}`);
}
