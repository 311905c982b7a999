import type { HealthAnswer, WriterAnswer } from '@fleetbook/contracts';
import type { Run } from '../call.ts';
import { storagePhrases } from '../output/storage.ts';
import { printFacts, printTable, styled } from '../output/table.ts';
import type { Terminal } from '../output/terminal.ts';
import { question } from '../session/question.ts';

export const trackerStatus: Run = (call) =>
  question(call, 'writer', {}, { print: printWriter, isYes: ({ status }) => status !== 'red' });

function printWriter(terminal: Terminal, answer: WriterAnswer): void {
  const { accepted, refused, unchanged } = answer.commands;
  printHealth(terminal, answer, [
    ['writer', `${answer.writer}, epoch ${answer.epoch}`],
    ['digest', answer.digest],
    ['hash', answer.hash],
    ['commands', `${accepted} accepted, ${refused} refused, ${unchanged} unchanged`],
  ]);
}

/** A service, how far it is and how well; then its checks where one is not green. */
export function printHealth(
  terminal: Terminal,
  health: HealthAnswer,
  more: readonly (readonly [string, string])[] = [],
): void {
  const stored = health.storage === undefined ? [] : storagePhrases(health.storage);
  printFacts(terminal, [
    ['service', `${health.service} ${health.version}, process ${health.pid}`],
    ['status', styled(terminal, health.status, health.status)],
    ['cell', `${health.cell}, history ${health.historyId}`],
    ['event', health.number],
    ['log', `${health.log}, durability ${health.durability}`],
    ['since', new Date(health.startedAt).toISOString()],
    ...(stored.length === 0 ? [] : [['space', stored.join(', ')] as const]),
    ...more,
  ]);
  const open = health.checks.filter(({ status }) => status !== 'green');
  if (open.length > 0) {
    terminal.print('');
    printTable(
      terminal,
      [
        { title: 'check', cell: ({ name }) => name },
        { title: 'status', cell: ({ status }) => status },
        { title: 'reason', cell: ({ reason }) => reason ?? '' },
      ],
      open,
    );
  }
}
