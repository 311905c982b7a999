import { fail, type Result, succeed } from '@fleetbook/domain';
import { type Call, type Failure, usageFailure } from '../call.ts';

const SEQUENCE = /^[1-9]\d{0,14}$/;

/** The message of the inbox that the call names. */
export function sequenceOf({ args }: Call): Result<number, Failure> {
  const text = args.word('SEQUENCE');
  return SEQUENCE.test(text)
    ? succeed(Number(text))
    : fail(usageFailure('SEQUENCE is the number of a message of the inbox', 'fleetbook inbox list shows them'));
}
