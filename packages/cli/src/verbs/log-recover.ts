import { type Call, type Ending, type Run, usageFailure } from '../call.ts';
import { missingData } from '../session/directory-log.ts';
import { type OpenLog, orFailure } from '../session/log-at.ts';
import { openForLooking, openWritableLog } from '../session/writable-log.ts';
import { acceptLoss } from './log-recover/accept-loss.ts';
import { bringBack } from './log-recover/bring-back.ts';

export const logRecover: Run = async (call): Promise<Ending> => {
  const { args } = call;
  const from = args.text('from');
  const isGivingUp = args.isSet('accept-loss');
  if (!isGivingUp && from === undefined) {
    const ways = '--from DIR brings events back, --accept-loss gives them up';
    return { failure: usageFailure('What is to be done about the lost events is not said', ways) };
  }
  if (isGivingUp && args.text('reason') === undefined) {
    return { failure: usageFailure('--accept-loss needs --reason: it stays in the log for ever') };
  }
  // A directory that is made here would get the history of another, and nobody would know of two.
  const missing = await missingData(call);
  if (missing !== undefined) {
    return { failure: missing };
  }
  const isMeant = args.isSet('yes') && !args.isSet('dry-run');
  const opened = await (isMeant ? openWritableLog(call) : openForLooking(call));
  if (!opened.ok) {
    return { failure: opened.error };
  }
  try {
    const done = await orFailure(() => mend(call, opened.value, from));
    return done.ok ? done.value : { failure: done.error };
  } finally {
    await opened.value.close();
  }
};

function mend(call: Call, opened: OpenLog, from: string | undefined): Promise<Ending> {
  return call.args.isSet('accept-loss') ? acceptLoss(call, opened, from) : bringBack(call, opened, from ?? '');
}
