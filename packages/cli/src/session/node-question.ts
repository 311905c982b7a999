import type { CandidatesQuery } from '@fleetbook/contracts';
import { type Result, succeed } from '@fleetbook/domain';
import type { Call, Failure } from '../call.ts';
import { readFileFlag } from './json-file.ts';
import { readAmounts, readTraits } from './request.ts';

/** The part that `candidates` and `capacity` share. Its file is checked when the question is. */
export async function readNodeQuestion(
  call: Call,
): Promise<Result<Pick<CandidatesQuery, 'request' | 'traits' | 'aggregates'>, Failure>> {
  const file = await readFileFlag(call);
  if (!file.ok) {
    return file;
  }
  const amounts = readAmounts(call);
  if (!amounts.ok) {
    return amounts;
  }
  const traits = readTraits(call);
  const aggregates = call.args.texts('aggregate');
  const request = amounts.value === undefined ? {} : { request: { resources: amounts.value } };
  return succeed({
    request: {},
    ...file.value,
    ...request,
    ...(traits === undefined ? {} : { traits }),
    ...(aggregates.length === 0 ? {} : { aggregates }),
  });
}
