import { expect, test } from 'vitest';
import { parseCommand } from '../commands/parse.ts';
import { encodeCommandReply, errorReply, queryErrorReply } from './replies.ts';

const decode = (bytes: Uint8Array): unknown => JSON.parse(Buffer.from(bytes).toString('utf8'));

test('an error reply names the command beside the error, once', () => {
  const body = Buffer.from(JSON.stringify({ commandId: 'c-1', node: 7 }));
  const fault = parseCommand({ role: 'operator', actor: 'ada', command: 'EnableNode' }, body);
  expect(
    fault.ok
      ? undefined
      : decode(encodeCommandReply(errorReply(fault.error, { commandId: fault.error.commandId, at: 5 }))),
  ).toEqual({
    outcome: 'error',
    commandId: 'c-1',
    at: 5,
    error: {
      code: 'INVALID_FIELD',
      message: 'The field issuedAt breaks the rule: required.',
      retry: 'never',
      details: { path: 'issuedAt', rule: 'required' },
    },
  });
});

test('a reply to what could not be read carries neither command nor time', () => {
  const fault = parseCommand({ role: 'operator', actor: 'ada', command: 'EnableNode' }, Buffer.from('{'));
  expect(fault.ok ? undefined : Object.keys(errorReply(fault.error))).toEqual(['outcome', 'error']);
  expect(fault.ok ? undefined : Object.keys(queryErrorReply(fault.error))).toEqual(['outcome', 'error']);
});
