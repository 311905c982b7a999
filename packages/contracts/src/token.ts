import { isId } from './names.ts';

/**
 * A consistency token: the history and the number of the event up to which an answer is true.
 * Written `<historyId>.<number>`.
 */
export interface Token {
  readonly historyId: string;
  readonly number: number;
}

const TOKEN_PATTERN = /^(.+)\.(0|[1-9][0-9]{0,15})$/;

export const formatToken = (historyId: string, number: number): string => `${historyId}.${number}`;

/** Undefined when the text is no token. */
export const parseToken = (text: string): Token | undefined => {
  const [, historyId = '', digits = ''] = TOKEN_PATTERN.exec(text) ?? [];
  const number = Number(digits);
  return isId(historyId) && Number.isSafeInteger(number) ? { historyId, number } : undefined;
};
