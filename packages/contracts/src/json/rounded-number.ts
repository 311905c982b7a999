import type { FieldPath } from './field-path.ts';
import { findText } from './walk.ts';

/** A string, or a number in its parts. */
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?/g;

/** In the place of such a number: half of a surrogate pair is in no string of a body. */
const ROUNDED = '\ud800';

/**
 * Path of the first number with a fraction that JSON.parse gives as an integer, such as 0.99999999999999999999 or
 * 9007199254740990.6: nobody could tell it from the integer any more. @param text JSON with whole surrogate pairs.
 */
export function findRoundedNumber(text: string): FieldPath | undefined {
  const marked = text.replaceAll(STRING_OR_NUMBER, (token: string, whole = '', fraction = '', exponent = '0') => {
    const isRounded = token[0] !== '"' && Number.isInteger(Number(token)) && hasFraction(whole, fraction, exponent);
    return isRounded ? JSON.stringify(ROUNDED) : token;
  });
  return findText(JSON.parse(marked), { text: (each) => each === ROUNDED });
}

/** Whether the number is no integer, exactly. */
function hasFraction(whole: string, fraction: string, exponent: string): boolean {
  const digits = whole + fraction;
  let end = digits.length;
  // No pattern: one that looks for zeros at the end begins anew at each zero.
  while (digits[end - 1] === '0') {
    end -= 1;
  }
  return end > 0 && end - whole.length > Number(exponent);
}
