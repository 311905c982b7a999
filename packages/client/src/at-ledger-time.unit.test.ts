import { type CommandReply, errorReply, fleetbookError } from '@fleetbook/contracts';
import type { CommandMessage } from '@fleetbook/domain';
import { expect, test } from 'vitest';
import { sendAtLedgerTime, sendBatchAtLedgerTime } from './at-ledger-time.ts';
import { createLedgerClock } from './ledger-clock.ts';

const message: CommandMessage = {
  commandId: 'c-1',
  issuedAt: 9_000,
  actor: { role: 'operator', id: 'o-1' },
  command: { type: 'EnableNode', origin: { client: 'test', version: '1', host: 'here' }, node: 'n-1' },
};

test('a command whose time one writer refused has the outcome that another decided meanwhile', async () => {
  const accepted: CommandReply = {
    ...{ outcome: 'accepted', commandId: 'c-1', token: 'history.7', at: 9_000 },
    result: { type: 'EnableNode', node: 'n-1' },
  };
  const ahead: CommandReply = { ...errorReply(fleetbookError('CLOCK_AHEAD')), at: 1_000 };
  const answers: CommandReply[] = [
    ahead,
    errorReply(fleetbookError('COMMAND_ID_REUSED', { commandId: 'c-1' })),
    accepted,
  ];
  const times: number[] = [];
  const sender = {
    send: async ({ issuedAt }: CommandMessage) => {
      times.push(issuedAt);
      return { reply: answers.shift() ?? accepted, mayBeDecided: false };
    },
    sendBatch: () => Promise.reject(new Error('it is no batch')),
  };
  const clock = createLedgerClock(() => 9_000);
  expect(await sendAtLedgerTime(sender, clock, message, { endsAtMs: 1, isTimeGiven: false })).toEqual(accepted);
  expect(times).toEqual([9_000, 1_000, 9_000]);
});

test('and so have commands of a batch, each for itself', async () => {
  const accepted = (commandId: string): CommandReply => ({
    ...{ outcome: 'accepted', commandId, token: 'history.7', at: 9_000 },
    result: { type: 'EnableNode', node: 'n-1' },
  });
  const ahead: CommandReply = { ...errorReply(fleetbookError('CLOCK_AHEAD')), at: 1_000 };
  const reused = errorReply(fleetbookError('COMMAND_ID_REUSED', { commandId: 'c-2' }));
  const answers = [[accepted('c-1'), ahead, ahead], [reused, accepted('c-3')], [accepted('c-2')]];
  const sent: [string, number][][] = [];
  const sender = {
    send: () => Promise.reject(new Error('it is a batch')),
    sendBatch: async (messages: readonly CommandMessage[]) => {
      sent.push(messages.map(({ commandId, issuedAt }) => [commandId, issuedAt]));
      return { reply: { outcomes: answers.shift() ?? [] }, mayBeDecided: false };
    },
  };
  const batch = ['c-1', 'c-2', 'c-3'].map((commandId) => ({ ...message, commandId }));
  const clock = createLedgerClock(() => 9_000);
  const reply = await sendBatchAtLedgerTime(sender, clock, batch, { endsAtMs: 1, isTimeGiven: false });
  expect(reply).toEqual({ outcomes: ['c-1', 'c-2', 'c-3'].map(accepted) });
  expect(sent.slice(1)).toEqual([
    [
      ['c-2', 1_000],
      ['c-3', 1_000],
    ],
    [['c-2', 9_000]],
  ]);
});
