import { expect, test, vi } from 'vitest';
import { processTerminal } from './terminal.ts';
import { visible } from './visible.ts';

test('what turns the direction of writing is shown, not obeyed', () => {
  expect(visible('reason: \u202egnihton\u2066 \u200f')).toBe('reason: \\u202egnihton\\u2066 \\u200f');
});

test('controls are shown, but for tabs, line ends and colours', () => {
  expect(visible('a\u0007b\u001b[2Kc\u009bd\re\u007f')).toBe('a\\u0007b\\u001b[2Kc\\u009bd\\u000de\\u007f');
  const line = '\u001b[31mred\u001b[0m\tää 漢字 🔥\nnext';
  expect(visible(line)).toBe(line);
});

test('JSON says the same as before', () => {
  const value = { reason: 'x\u202ey\u0085 \u001b[2K' };
  expect(JSON.parse(visible(JSON.stringify(value)))).toEqual(value);
});

test('everything that a verb writes goes through it', () => {
  const written: string[] = [];
  const keep = (text: string | Uint8Array): boolean => written.push(String(text)) > 0;
  vi.spyOn(process.stdout, 'write').mockImplementation(keep);
  vi.spyOn(process.stderr, 'write').mockImplementation(keep);
  const terminal = processTerminal({});
  terminal.print('out \u202e');
  terminal.say('err \u202e');
  vi.restoreAllMocks();
  expect(written).toEqual(['out \\u202e\n', 'err \\u202e\n']);
});
