import { expect, test } from 'vitest';
import { entryToCommand, toCommand } from './to-command.ts';

const origin = { client: 'test', version: '1', host: 'here' };

const claim = { node: 'host-1', instance: 'vm-1', claimId: 'claim-1' };

test('a command has its type and origin before its own fields', () => {
  const command = toCommand('DropInstance', claim, origin);
  expect(JSON.stringify(command)).toBe(JSON.stringify({ type: 'DropInstance', origin, ...claim }));
});

test('parts of an atomic batch have the origin of the batch, sent by itself or in a batch of others', () => {
  const commands = [{ type: 'DropInstance', ...claim }] as const;
  const batch = { type: 'AtomicBatch', origin, commands: [{ type: 'DropInstance', origin, ...claim }] };
  expect(toCommand('AtomicBatch', { commands }, origin)).toEqual(batch);
  expect(entryToCommand({ type: 'AtomicBatch', commandId: 'batch-1', commands }, origin)).toEqual(batch);
});

test('a report keeps its mode', () => {
  const report = { node: 'host-1', incarnation: 1, sequence: 2, mode: 'unsupported', reason: 'no driver' } as const;
  expect(toCommand('ReportInventory', report, origin)).toEqual({ type: 'ReportInventory', origin, ...report });
});
