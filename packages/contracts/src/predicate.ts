import { type EventType, fail, REJECTION_CODES, type RejectionCode, type Result, succeed } from '@fleetbook/domain';
import { errorEntry } from './errors/error.ts';
import { EVENT_TYPES } from './events/decode.ts';
import { CLASS_PATTERN, ID_PATTERN } from './names.ts';

const FIGURES = ['charged', 'capacity', 'headroom'] as const;

export type PredicateFigure = (typeof FIGURES)[number];

const OPERATORS = ['>=', '<=', '==', '!=', '>', '<'] as const;

export type PredicateOperator = (typeof OPERATORS)[number];

/** Something that is true of a ledger at some decisions and not at others. */
export type Predicate = PredicateTerm | PredicateJunction;

/** True while all of its parts are, or any. */
export interface PredicateJunction {
  readonly kind: 'and' | 'or';
  readonly parts: readonly Predicate[];
}

export type PredicateTerm = FigureTerm | CountTerm;

interface WrittenTerm {
  /** As it was written. */
  readonly text: string;
}

/** A figure of a node, summed over its providers; of the whole cell where it names none. */
export interface FigureTerm extends WrittenTerm {
  readonly kind: 'figure';
  readonly figure: PredicateFigure;
  readonly node?: string;
  readonly class: string;
  readonly operator: PredicateOperator;
  readonly value: number;
}

/** How many events of a type, or refusals with a code, there were: in all, or within a time, milliseconds. */
export interface CountTerm extends WrittenTerm {
  readonly kind: 'count';
  readonly counted: { readonly type: EventType } | { readonly code: RejectionCode };
  /** True from this many on. */
  readonly atLeast: number;
  readonly withinMs?: number;
}

type Untold = Omit<FigureTerm, 'text'> | Omit<CountTerm, 'text'>;

/** `position`: the character at which it cannot be understood, from 1. */
export interface PredicateFault {
  readonly position: number;
  readonly reason: string;
}

/**
 * `charged(NODE, CLASS) > N`, likewise `capacity` and `headroom`, with any of > >= < <= == !=, and * for all nodes
 * together; `refused(CODE) > N` and `events(TYPE) > N`, with > or >=, and `per 1m` behind it for counts within a time.
 * `and` binds more closely than `or`; brackets bind most.
 */
export function parsePredicate(text: string): Result<Predicate, PredicateFault> {
  const reader = new PredicateReader(text);
  try {
    return succeed(reader.predicate());
  } catch (error) {
    if (error instanceof PredicateError) {
      return fail({ position: error.position, reason: error.message });
    }
    throw error;
  }
}

/** Stands for the id of a node. */
const WHOLE_CELL = '*';

const MAXIMUM_DEPTH = 16;
/** Of a duration. */
const MOST_DIGITS = 9;

class PredicateError extends Error {
  readonly position: number;

  constructor(position: number, reason: string) {
    super(reason);
    this.position = position;
  }
}

const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

const CODES: ReadonlyMap<string, RejectionCode> = new Map(REJECTION_CODES.map((code) => [code, code]));

const TYPE_OF_EVENT: ReadonlyMap<string, EventType> = new Map(EVENT_TYPES.map((type) => [type, type]));

class PredicateReader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  predicate(): Predicate {
    const predicate = this.#junction('or');
    if (this.#skipSpace() < this.#text.length) {
      throw new PredicateError(this.#at + 1, 'nothing may follow but "and" or "or"');
    }
    return predicate;
  }

  #junction(kind: PredicateJunction['kind']): Predicate {
    const parts: Predicate[] = [];
    do {
      parts.push(kind === 'or' ? this.#junction('and') : this.#part());
    } while (this.#isNext(kind));
    const [only] = parts;
    return only !== undefined && parts.length === 1 ? only : { kind, parts };
  }

  #part(): Predicate {
    if (this.#text[this.#skipSpace()] !== '(') {
      return this.#term();
    }
    this.#at += 1;
    this.#depth += 1;
    if (this.#depth > MAXIMUM_DEPTH) {
      throw new PredicateError(this.#at, `brackets in more than ${MAXIMUM_DEPTH} others`);
    }
    const inner = this.#junction('or');
    this.#take(/\)/y, 'a closing bracket, "and" or "or"');
    this.#depth -= 1;
    return inner;
  }

  #term(): PredicateTerm {
    const start = this.#skipSpace();
    const name = this.#take(/[a-z]+/y, 'charged, capacity, headroom, refused or events');
    this.#take(/\(/y, 'an opening bracket');
    const figure = FIGURES.find((each) => each === name);
    if (figure === undefined && name !== 'refused' && name !== 'events') {
      throw new PredicateError(start + 1, `${name} is none of charged, capacity, headroom, refused and events`);
    }
    const term = figure === undefined ? this.#count(name === 'refused' ? name : 'events') : this.#figure(figure);
    return { ...term, text: this.#text.slice(start, this.#at).trimEnd() };
  }

  #figure(figure: PredicateFigure): Untold {
    const node = this.#word('the id of a node, or *', (id) => id === WHOLE_CELL || ID_PATTERN.test(id));
    this.#take(/,/y, 'a comma and a resource class');
    const resourceClass = this.#word('a resource class', (name) => CLASS_PATTERN.test(name));
    this.#take(/\)/y, 'a closing bracket');
    const place = node === WHOLE_CELL ? {} : { node };
    const operator = this.#operator();
    return { kind: 'figure', figure, ...place, class: resourceClass, operator, value: this.#whole() };
  }

  #count(name: 'refused' | 'events'): Untold {
    const counted =
      name === 'refused' ? { code: this.#code() } : { type: this.#known('a type of event', TYPE_OF_EVENT) };
    this.#take(/\)/y, 'a closing bracket');
    const at = this.#skipSpace();
    const operator = this.#operator();
    if (operator !== '>' && operator !== '>=') {
      throw new PredicateError(at + 1, 'counts are compared with > or >=: any other is true at the start');
    }
    const valueAt = this.#skipSpace();
    const atLeast = this.#whole() + (operator === '>' ? 1 : 0);
    if (atLeast < 1) {
      throw new PredicateError(valueAt + 1, 'at least one event has to be asked for');
    }
    const withinMs = this.#within();
    return { kind: 'count', counted, atLeast, ...(withinMs === undefined ? {} : { withinMs }) };
  }

  #code(): RejectionCode {
    const start = this.#skipSpace();
    const code = this.#known('a code of a refusal', CODES);
    if (!errorEntry(code).isRecorded) {
      throw new PredicateError(start + 1, `a refusal with ${code} is never recorded`);
    }
    return code;
  }

  #within(): number | undefined {
    const rest = this.#text.slice(this.#skipSpace());
    if (rest === '' || rest.startsWith(')') || /^(and|or)(?![a-z])/.test(rest)) {
      return undefined;
    }
    this.#take(/per(?![a-z])/y, '"per" and a duration, "and", "or", or the end');
    const start = this.#skipSpace();
    const [, count = '', unit = ''] = /^(\d+)([a-z]+)$/.exec(this.#take(/\d+[a-z]+/y, 'a duration such as 1m')) ?? [];
    const withinMs = Number(count) * (UNIT_MS.get(unit) ?? Number.NaN);
    if (Number.isNaN(withinMs)) {
      throw new PredicateError(this.#at, 'a duration ends with ms, s, m, h or d');
    }
    if (count.length > MOST_DIGITS) {
      throw new PredicateError(start + 1, 'the duration is too long');
    }
    if (withinMs === 0) {
      throw new PredicateError(start + 1, 'nothing is recorded within no time');
    }
    return withinMs;
  }

  #operator(): PredicateOperator {
    const text = this.#take(/[<>=!]=?/y, 'one of > >= < <= == !=');
    const operator = OPERATORS.find((each) => each === text);
    if (operator === undefined) {
      throw new PredicateError(this.#at, `${text} is none of > >= < <= == !=`);
    }
    return operator;
  }

  #whole(): number {
    const start = this.#skipSpace();
    const text = this.#take(/-?\d[\d_]*/y, 'a whole number');
    if (!/^-?\d+(_\d+)*$/.test(text)) {
      throw new PredicateError(start + 1, 'in a number, _ stands alone between two digits');
    }
    const value = Number(text.replaceAll('_', ''));
    if (!Number.isSafeInteger(value)) {
      throw new PredicateError(start + 1, 'the number is too large');
    }
    return value;
  }

  #known<Value>(what: string, values: ReadonlyMap<string, Value>): Value {
    const start = this.#skipSpace();
    const value = values.get(this.#take(/[A-Za-z_]+/y, what));
    if (value === undefined) {
      throw new PredicateError(start + 1, `this is not ${what}`);
    }
    return value;
  }

  #word(what: string, isRight: (text: string) => boolean): string {
    const start = this.#skipSpace();
    const text = this.#take(/[^\s,()]+/y, what);
    if (!isRight(text)) {
      throw new PredicateError(start + 1, `this is not ${what}`);
    }
    return text;
  }

  /** Takes the word if it comes next. */
  #isNext(word: PredicateJunction['kind']): boolean {
    const end = this.#skipSpace() + word.length;
    const isThere = this.#text.slice(this.#at, end) === word && !/[a-z]/.test(this.#text[end] ?? '');
    this.#at = isThere ? end : this.#at;
    return isThere;
  }

  #take(pattern: RegExp, wanted: string): string {
    pattern.lastIndex = this.#skipSpace();
    const [taken] = pattern.exec(this.#text) ?? [];
    if (taken === undefined) {
      throw new PredicateError(this.#at + 1, `here has to be ${wanted}`);
    }
    this.#at += taken.length;
    return taken;
  }

  #skipSpace(): number {
    while (this.#text[this.#at] === ' ') {
      this.#at += 1;
    }
    return this.#at;
  }
}
