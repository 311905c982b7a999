import { join } from 'node:path';
import { encodeQuery, type QueryAnswers, type QueryName, type QueryReply } from '@fleetbook/contracts';
import { type Result, succeed } from '@fleetbook/domain';
import { createLogger, createNodeDisk, nodeFileParts, systemClock, systemTimers } from '@fleetbook/operations';
import { createPast } from '@fleetbook/replay';
import type { Call, Failure } from '../call.ts';
import type { Terminal } from '../output/terminal.ts';
import { packageVersion } from '../version.ts';
import type { OpenLog } from './log-at.ts';
import type { Source } from './source.ts';

/** The index of the first replica in a data directory: what its projector has indexed is there already. */
export function indexIn(directory: string, cell: string): string {
  return join(directory, 'projector', cell, '1', 'replay');
}

/** The past of a log that this process has opened. The log stays open on close. */
export async function pastHere(call: Call, { cell, log, directory = '.' }: OpenLog): Promise<Result<Source, Failure>> {
  const past = createPast({
    ...{ cell, log, clock: systemClock, timers: systemTimers },
    disk: createNodeDisk(),
    parts: nodeFileParts,
    directory: indexIn(directory, cell),
    logger: createLogger({
      service: 'replay',
      version: packageVersion(),
      serviceInstanceId: 'cli',
      level: 'silent',
      output: 'stderr',
    }),
    onProgress: sayNowAndThen(call.terminal),
  });
  return succeed({
    cell,
    isLive: false,
    async ask(query, fields) {
      const reply: QueryReply<unknown> = await past.ask(query, encodeQuery(query, fields));
      if (isReplyTo(query, reply)) {
        return reply;
      }
      throw new Error(`the past gave no reply to ${query}`);
    },
    close: async () => undefined,
  });
}

/** Events between two signs of life to a person who waits for an index. */
const EVENTS_BETWEEN_SIGNS = 250_000;

function sayNowAndThen(terminal: Terminal): (number: number) => void {
  let next = EVENTS_BETWEEN_SIGNS;
  return (number) => {
    if (terminal.isInteractive && number >= next) {
      terminal.say(`indexing the log: ${number.toLocaleString('en-US')} events`);
      next = number + EVENTS_BETWEEN_SIGNS;
    }
  };
}

/** The past answers a question as the product's own projector does. */
function isReplyTo<Name extends QueryName>(
  _name: Name,
  reply: QueryReply<unknown>,
): reply is QueryReply<QueryAnswers[Name]> {
  return 'outcome' in reply;
}
