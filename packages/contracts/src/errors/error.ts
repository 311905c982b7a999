import type { RejectionDetails } from '@fleetbook/domain';
import type { ErrorEntry, Retry } from './entry.ts';
import { FAULT_ENTRIES } from './faults.ts';
import { REJECTION_ENTRIES } from './rejections.ts';

/** The closed catalogue: every code that a reply, the command line or a service's log line can carry. */
export const ERROR_CATALOGUE = { ...FAULT_ENTRIES, ...REJECTION_ENTRIES } as const;

export type ErrorCode = keyof typeof ERROR_CATALOGUE;

/** Facts about an error, by name. */
export type ErrorDetails = RejectionDetails;

/** An expected failure, as it stands in replies. Branch on `code`; `message` is for people. */
export interface FleetbookError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retry: Retry;
  readonly details: ErrorDetails;
}

const PLACEHOLDER = /\{([A-Za-z.]+)(\|time)?\}/g;
/** What is said only where its fact is there. */
const OPTIONAL = /\[([^[\]]*)\]/g;
const NO_DETAILS: ErrorDetails = {};

export const isErrorCode = (text: string): text is ErrorCode => Object.hasOwn(ERROR_CATALOGUE, text);

export const errorEntry = (code: ErrorCode): ErrorEntry => ERROR_CATALOGUE[code];

const factAt = (details: ErrorDetails, path: string): unknown => {
  let fact: unknown = details;
  for (const name of path.split('.')) {
    fact = typeof fact === 'object' && fact !== null && Object.hasOwn(fact, name) ? Reflect.get(fact, name) : undefined;
  }
  return fact;
};

const factText = (fact: unknown, isTime: boolean): string => {
  if (isTime && typeof fact === 'number') return new Date(fact).toISOString();
  if (typeof fact === 'string') return fact;
  return fact === undefined ? '?' : JSON.stringify(fact);
};

const isSaid = (details: ErrorDetails, part: string): boolean =>
  [...part.matchAll(PLACEHOLDER)].every(([, path = '']) => {
    const fact = factAt(details, path);
    return fact !== undefined && fact !== '';
  });

const fillTemplate = (template: string, details: ErrorDetails): string =>
  template
    .replace(OPTIONAL, (_match, part: string) => (isSaid(details, part) ? part : ''))
    .replace(PLACEHOLDER, (_match, path: string, format?: string) =>
      factText(factAt(details, path), format !== undefined),
    );

/** Names of the details that an error of this code may carry. */
export const detailNames = (code: ErrorCode): readonly string[] => {
  const { message, facts = [] } = errorEntry(code);
  const inMessage = [...message.matchAll(PLACEHOLDER)].map(([, path = '']) => path.split('.')[0] ?? path);
  return [...new Set([...inMessage, ...facts])];
};

/** Builds an error of the catalogue; equal code and details give an equal error. */
export const fleetbookError = (code: ErrorCode, details: ErrorDetails = NO_DETAILS): FleetbookError => {
  const { message, retry } = errorEntry(code);
  return { code, message: fillTemplate(message, details), retry, details };
};
