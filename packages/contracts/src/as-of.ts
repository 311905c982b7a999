import { fail, type Result, succeed } from '@fleetbook/domain';
import { type FleetbookError, fleetbookError } from './errors/error.ts';
import { ID_PATTERN } from './names.ts';

/** An instant of a ledger's past, as somebody names it. */
export type Instant =
  | { readonly kind: 'number'; readonly number: number }
  /** Epoch milliseconds. */
  | { readonly kind: 'time'; readonly at: number }
  | { readonly kind: 'ago'; readonly agoMs: number }
  | { readonly kind: 'before-command' | 'after-command'; readonly commandId: string };

const NUMBER = /^(0|[1-9]\d{0,14})$/;
const DURATION = /^(\d{1,9})(ms|s|m|h|d)$/;
const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);
const TIME = /^(\d{4})-(\d{2})-(\d{2})[Tt](?:[01]\d|2[0-3]):\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/;
const BELOW_MILLISECONDS = /(\.\d{3})\d+/;
const COMMAND = /^(after:)?command:(.+)$/;

/**
 * Reads an event number, an RFC 3339 time, a duration that is always ago (`15m`), `command:<id>` (just before it) or
 * `after:command:<id>`. Undefined for any other text.
 */
export const parseInstant = (text: string): Instant | undefined => {
  if (NUMBER.test(text)) {
    return { kind: 'number', number: Number(text) };
  }
  const [, count, unit = ''] = DURATION.exec(text) ?? [];
  if (count !== undefined) {
    return { kind: 'ago', agoMs: Number(count) * (UNIT_MS.get(unit) ?? 0) };
  }
  const [, after, commandId] = COMMAND.exec(text) ?? [];
  if (commandId !== undefined) {
    const kind = after === undefined ? 'before-command' : 'after-command';
    return ID_PATTERN.test(commandId) ? { kind, commandId } : undefined;
  }
  const at = timeOf(text);
  return at === undefined ? undefined : { kind: 'time', at };
};

/** The instant that a field names. Error: INVALID_FIELD. */
export const readInstant = (path: string, text: string): Result<Instant, FleetbookError> => {
  const instant = parseInstant(text);
  return instant === undefined
    ? fail(fleetbookError('INVALID_FIELD', { path, rule: instantFault(text) }))
    : succeed(instant);
};

/** What is wrong with a text that is no instant, and what to write instead. */
export const instantFault = (text: string): string => {
  const shown = text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
  return `${INSTANT_RULE}; ${JSON.stringify(shown)} is none: ${reasonOf(text)}`;
};

const INSTANT_RULE = 'an event number, RFC 3339 time, duration such as 15m, command:ID or after:command:ID';
const MOST_SHOWN = 80;

const FAULTS: readonly (readonly [RegExp, string])[] = [
  [/^$/, 'it is empty'],
  [/^now$/i, 'leave it out, or write 0s'],
  [/^0\d+$/, 'an event number does not begin with 0'],
  [/^\d+$/, 'no log has as many events'],
  [/^-/, 'a duration is always ago, and no event number is negative'],
  [/^\d{10,}(ms|s|m|h|d)$/, 'the duration is too long'],
  [/^(\d+(ms|s|m|h|d)){2,}$/, 'a duration has one unit: 90m, not 1h30m'],
  [/^[\d.]+\s*[a-z]+$/i, 'a duration is a whole number and ms, s, m, h or d behind it'],
  [/^\d{4}-\d{2}-\d{2}$/, 'a time of day and a zone have to follow, as in 2026-11-21T03:12:00Z'],
  [/^\d{4}-\d{2}-\d{2} /, 'a T stands between date and time, as in 2026-11-21T03:12:00Z'],
  [/^\d{4}-\d{2}-\d{2}T[\d:.]+$/i, 'the zone has to follow, Z or one such as +01:00'],
  [/^\d{4}-/, 'there is no such time; one is written as in 2026-11-21T03:12:00Z'],
  [/^(after:)?command:/, 'what follows is no id of a command'],
];

const reasonOf = (text: string): string =>
  FAULTS.find(([pattern]) => pattern.test(text))?.[1] ?? 'it is of no such form';

const timeOf = (text: string): number | undefined => {
  const [, year, month, day] = TIME.exec(text)?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined) {
    return undefined;
  }
  // A day that its month does not have would be read as one of the next.
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const at = Date.parse(text.toUpperCase().replace(BELOW_MILLISECONDS, '$1'));
  return Number.isNaN(at) || day > days ? undefined : at;
};
