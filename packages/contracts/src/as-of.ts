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
