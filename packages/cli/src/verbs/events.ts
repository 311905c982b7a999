import { STORED_EVENT_SCHEMAS } from '@fleetbook/contracts';
import type { LedgerEvent } from '@fleetbook/domain';
import { type Commit, LogUnavailableError, ORIGIN } from '@fleetbook/event-log';
import { type Call, type Ending, type Failure, OK, type Run, usageFailure } from '../call.ts';
import { didYouMean } from '../grammar/did-you-mean.ts';
import { eventLine } from '../output/events.ts';
import { createConcerns } from '../session/concerns.ts';
import { openCallLog } from '../session/log.ts';
import { type OpenLog, orFailure } from '../session/log-at.ts';
import { logFailureOf } from '../session/log-failure.ts';

export const events: Run = async (call) => {
  const type = call.args.text('type');
  if (type !== undefined && !Object.hasOwn(STORED_EVENT_SCHEMAS, type)) {
    const known = Object.keys(STORED_EVENT_SCHEMAS);
    return { failure: usageFailure(`There is no event type ${type}`, didYouMean(type, known) ?? known.join(', ')) };
  }
  const opened = await openCallLog(call);
  if (!opened.ok) {
    return { failure: opened.error };
  }
  try {
    return await show(call, opened.value);
  } finally {
    await opened.value.close();
  }
};

async function show(call: Call, { log }: OpenLog): Promise<Ending> {
  const { args } = call;
  const follows = args.isSet('follow');
  const printer = createPrinter(call);
  let bookmark = ORIGIN;
  const isQuietUntilNow = follows && args.number('from') === undefined;
  const read = await orFailure(async () => {
    for await (const commits of log.read(ORIGIN)) {
      bookmark = commits.at(-1)?.bookmark ?? bookmark;
      printer.take(commits, isQuietUntilNow);
      if (printer.isDone || call.stop.aborted) {
        return;
      }
    }
  });
  if (!read.ok) {
    return { failure: read.error };
  }
  if (!follows || printer.isDone || call.stop.aborted) {
    return call.stop.aborted ? { exitCode: 130 } : OK;
  }
  const ended = await follow(call, log, bookmark, printer);
  return ended === undefined ? { exitCode: printer.isDone ? 0 : 130 } : { failure: ended };
}

/** Prints what comes until the call is stopped or has had enough; gives what ended it otherwise. */
async function follow(
  call: Call,
  log: OpenLog['log'],
  after: Commit['bookmark'],
  printer: Printer,
): Promise<Failure | undefined> {
  const ended = Promise.withResolvers<Failure | undefined>();
  call.stop.addEventListener('abort', () => ended.resolve(undefined));
  const subscription = await log.subscribe(after, {
    onCommits: (commits) => {
      printer.take(commits);
      if (printer.isDone) {
        ended.resolve(undefined);
      }
    },
    onEnd: (cause) => {
      const failure = logFailureOf(cause) ?? logFailureOf(new LogUnavailableError(cause.message, { cause }));
      ended.resolve(failure);
    },
  });
  try {
    return await ended.promise;
  } finally {
    await subscription.stop();
  }
}

interface Printer {
  readonly isDone: boolean;
  /** `isQuiet`: learns what they are about and prints none. */
  take(commits: readonly Commit[], isQuiet?: boolean): void;
}

function createPrinter({ args, terminal }: Call): Printer {
  const from = args.number('from') ?? 1;
  const node = args.text('node');
  const instance = args.text('instance');
  const type = args.text('type');
  const isJson = args.isSet('json');
  let left = args.number('limit') ?? Number.POSITIVE_INFINITY;

  const concernedBy = createConcerns();

  function isWanted(event: LedgerEvent): boolean {
    const { nodes, instances } = concernedBy(event);
    return (
      event.number >= from &&
      (type === undefined || event.type === type) &&
      (node === undefined || nodes.has(node)) &&
      (instance === undefined || instances.has(instance))
    );
  }

  return {
    get isDone() {
      return left <= 0;
    },
    take(commits, isQuiet = false) {
      for (const event of commits.flatMap((commit) => commit.events)) {
        if (isWanted(event) && !isQuiet && left > 0) {
          terminal.print(isJson ? JSON.stringify(event) : eventLine(event));
          left -= 1;
        }
      }
    },
  };
}
