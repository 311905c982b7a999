import type { CommandMessage, CommandType } from '@fleetbook/domain';
import { COMMAND_TYPES } from '@fleetbook/domain';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeBatch, encodeCommandMessage } from './encode.ts';
import { parseBatch, parseCommand } from './parse.ts';
import { ratioMillionths, ratioOf } from './ratio.ts';
import { SAMPLE_BODIES } from './sample-bodies.ts';

const SENDER = { role: 'scheduler', actor: 'scheduler-1' } as const;

const messageOf = (command: CommandType): CommandMessage => {
  const result = parseCommand({ ...SENDER, command }, Buffer.from(JSON.stringify(SAMPLE_BODIES[command])));
  if (!result.ok) {
    throw new Error(result.error.message);
  }
  return result.value;
};

describe('what is encoded for the wire is read back as it was', () => {
  test.each(COMMAND_TYPES)('%s', (command) => {
    const message = messageOf(command);
    const read = parseCommand({ ...SENDER, command }, encodeCommandMessage(message));
    expect(JSON.stringify(read)).toBe(JSON.stringify({ ok: true, value: message }));
  });

  test('a batch of all commands', () => {
    const messages = COMMAND_TYPES.map(messageOf);
    const read = parseBatch(SENDER, encodeBatch(messages));
    expect(read.ok && read.value).toEqual(messages.map((value) => ({ ok: true, value })));
  });
});

test('every ratio of at most 6 places is its millionths, exactly, there and back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000_000_000 }), (millionths) => {
      expect(ratioMillionths(ratioOf(millionths))).toBe(millionths);
    }),
  );
});
