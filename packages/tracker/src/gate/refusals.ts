import { type ErrorReply, errorEntry } from '@fleetbook/contracts';
import { type Clock, createRefusalLog, type Logger } from '@fleetbook/operations';

/** Tells the log of commands that were not taken, and of which nothing is recorded. */
export interface Refusals {
  note(subject: string, reply: ErrorReply): void;
}

const LOGGED_SUBJECT_CHARACTERS = 256;
const MESSAGE = 'command not taken';

/** What its sender got wrong is a warning, a busy or leaving tracker is not. */
export function createRefusals({ logger, clock }: { logger: Logger; clock: Clock }): Refusals {
  const warnings = createRefusalLog(MESSAGE, { logger, clock });
  return {
    note(subject, { commandId, error }) {
      const shown = subject.slice(0, LOGGED_SUBJECT_CHARACTERS);
      const facts = { subject: shown, errCode: error.code, ...(commandId === undefined ? {} : { commandId }) };
      if (errorEntry(error.code).category === 'unavailable') {
        logger.debug(MESSAGE, facts);
      } else {
        warnings.note(`${error.code} ${shown}`, { ...facts, reason: error.message });
      }
    },
  };
}
