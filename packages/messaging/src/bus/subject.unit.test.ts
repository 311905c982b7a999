import { describe, expect, it } from 'vitest';
import { isInbox, requirePublishable, requireSubscribable } from './subject.ts';

const harmful = [
  '',
  ' ',
  'a b',
  'a\tb',
  'a\r\nPUB x 0',
  'a\nb',
  'a\0b',
  '.a',
  'a.',
  'a..b',
  'ä',
  'a.\u{1f600}',
  'a'.repeat(1_025),
  'a\u007f',
];

describe('a subject to publish', () => {
  it.each(['a', 'fleetbook.v1.main.cmd.agent.host-1.ClaimInstance', '$JS.API.INFO', '_INBOX.x.0', 'a!~:/@[]'])(
    'may be %j',
    (subject) => {
      expect(() => requirePublishable(subject)).not.toThrow();
    },
  );

  it.each([...harmful, 'a.*', '>', 'a.>', 'a*b'])('may not be %j', (subject) => {
    expect(() => requirePublishable(subject)).toThrow(expect.objectContaining({ code: 'INVALID_SUBJECT' }));
  });
});

describe('a subject to subscribe', () => {
  it.each(['a', 'a.*', '*.b', 'a.*.b.>', '*.>'])('may be %j', (subject) => {
    expect(() => requireSubscribable(subject)).not.toThrow();
  });

  it.each([...harmful, 'a.>.b', 'a*', 'a.b>', '>a'])('may not be %j', (subject) => {
    expect(() => requireSubscribable(subject)).toThrow(expect.objectContaining({ code: 'INVALID_SUBJECT' }));
  });
});

describe('an answer', () => {
  it.each(['_INBOX.a.0', '_INBOX_agent-1.x.1', '_R_.abc.1'])('may go to %j', (subject) => {
    expect(isInbox(subject)).toBe(true);
  });

  it.each(['fleetbook.log.main.0001', '$JS.API.STREAM.PURGE.X', 'fleetbook.v1.main.writer', '_A b', '_a.>', ''])(
    'may not go to %j',
    (subject) => {
      expect(isInbox(subject)).toBe(false);
    },
  );
});
