import { isListOf, isMapOf, isOneOf, isPositive, isRecord, isText, isWhole } from '../json/check.ts';

/*
 * The values of `stored-values.ts` once more, as plain functions.
 */

export const isTexts = isListOf(isText);
export const isOrigin = isRecord({ client: isText, version: isText, host: isText });
export const isActor = isRecord({ role: isOneOf('agent', 'scheduler', 'operator', 'system'), id: isText });
export const isCharge = isListOf(isRecord({ provider: isText, class: isText, amount: isPositive }, { units: isTexts }));
export const isCounted = isListOf(isRecord({ provider: isText, class: isText, amount: isWhole }, { units: isTexts }));
export const isDetails = isMapOf((value) => value !== undefined);
