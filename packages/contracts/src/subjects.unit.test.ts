import { describe, expect, test } from 'vitest';
import { commandSubject, eventSubject, parseCommandSubject, querySubject, writerSubject } from './subjects.ts';

const codeOf = (subject: string): string | undefined => {
  const parsed = parseCommandSubject(subject);
  return parsed.ok ? undefined : parsed.error.code;
};

describe('subjects', () => {
  test('are built from the cell, the role, the actor and the name', () => {
    expect(commandSubject('main', 'agent', 'host-17', 'ClaimInstance')).toBe(
      'fleetbook.v1.main.cmd.agent.host-17.ClaimInstance',
    );
    expect(querySubject('main', 'candidates')).toBe('fleetbook.v1.main.query.candidates');
    expect(eventSubject('main', undefined, 'LedgerCreated')).toBe('fleetbook.v1.main.event._.LedgerCreated');
    expect(writerSubject('main')).toBe('fleetbook.v1.main.writer');
  });

  test('encode dots and colons of an id and read them back', () => {
    const subject = commandSubject('main', 'agent', 'rack1.example.com:0000:3b:00.1', 'RegisterNode');
    expect(subject.split('.')).toHaveLength(7);
    expect(parseCommandSubject(subject)).toEqual({
      ok: true,
      value: { cell: 'main', role: 'agent', actor: 'rack1.example.com:0000:3b:00.1', command: 'RegisterNode' },
    });
  });

  test('encode an id of 253 characters', () => {
    const id = 'n'.repeat(253);
    const parsed = parseCommandSubject(commandSubject('main', 'agent', id, 'RegisterNode'));
    expect(parsed.ok && parsed.value.actor).toBe(id);
  });

  test.each([
    ['a token too few', 'fleetbook.v1.main.cmd.agent.ClaimInstance'],
    ['a token too many', 'fleetbook.v1.main.cmd.agent.a.b.ClaimInstance'],
    ['another version', 'fleetbook.v2.main.cmd.agent.a.ClaimInstance'],
    ['an empty cell', 'fleetbook.v1..cmd.agent.a.ClaimInstance'],
    ['the role of the writer', 'fleetbook.v1.main.cmd.system.a.ClaimInstance'],
    ['a role named like a property of every object', 'fleetbook.v1.main.cmd.constructor.a.ClaimInstance'],
    ['an empty actor', 'fleetbook.v1.main.cmd.agent..ClaimInstance'],
    ['an actor with a space in it', 'fleetbook.v1.main.cmd.agent.a b.ClaimInstance'],
    ['an actor that could be written shorter', 'fleetbook.v1.main.cmd.agent._YQ.ClaimInstance'],
    ['an encoded actor that is no id', 'fleetbook.v1.main.cmd.agent._YSBi.ClaimInstance'],
  ])('with %s are refused', (_what, subject) => {
    expect(codeOf(subject)).toBe('INVALID_SUBJECT');
  });

  test('with an unknown command name it', () => {
    expect(codeOf('fleetbook.v1.main.cmd.agent.a.FormatDisk')).toBe('UNKNOWN_COMMAND');
    expect(codeOf('fleetbook.v1.main.cmd.agent.a.toString')).toBe('UNKNOWN_COMMAND');
  });

  test('cannot be built for a cell that would break them', () => {
    expect(() => querySubject('a.b', 'node')).toThrow(RangeError);
    expect(() => writerSubject('*')).toThrow(RangeError);
  });
});
