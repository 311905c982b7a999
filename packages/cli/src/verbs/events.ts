import { EVENT_TYPES, fleetbookError, formatToken, type HistoryLine, type PastFacts } from '@fleetbook/contracts';
import { type LedgerEvent, type Move, type Result, succeed } from '@fleetbook/domain';
import { type Commit, LogUnavailableError, lineAfter, ORIGIN } from '@fleetbook/event-log';
import { type Call, type Ending, type Failure, OK, type Run, usageFailure } from '../call.ts';
import { didYouMean } from '../grammar/did-you-mean.ts';
import { eventLine } from '../output/events.ts';
import { styled } from '../output/table.ts';
import { keptIn } from '../recovery/known-marks.ts';
import { createConcerns } from '../session/concerns.ts';
import { NOTHING_GROWS } from '../session/follow-timeline.ts';
import { openCallLog } from '../session/log.ts';
import { type OpenLog, orFailure } from '../session/log-at.ts';
import { logFailureOf } from '../session/log-failure.ts';
import { asOfIn, rangeOf } from '../session/log-range.ts';
import { ask, sayInstant } from '../session/question.ts';
import { readOn } from '../session/read-on.ts';
import { openServicesAt } from '../session/service-source.ts';
import type { Target } from '../session/target.ts';
import { MarkProof } from '../verify/mark-proof.ts';

export const events: Run = async (call) => {
  const type = call.args.text('type');
  if (type !== undefined && !EVENT_TYPES.some((known) => known === type)) {
    const hint = didYouMean(type, EVENT_TYPES) ?? EVENT_TYPES.join(', ');
    return { failure: usageFailure(`There is no event type ${type}`, hint) };
  }
  if (call.args.isSet('follow') && call.args.text('as-of') !== undefined) {
    return { failure: usageFailure('--follow and --as-of exclude each other') };
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

async function show(call: Call, opened: OpenLog): Promise<Ending> {
  const { args } = call;
  const { log } = opened;
  const stretch = await stretchOf(call, opened);
  if (!stretch.ok) {
    return { failure: stretch.error };
  }
  const { after, last, moves, end, historyId } = stretch.value;
  const follows = args.isSet('follow');
  const printer = createPrinter(call, last, moves);
  let bookmark = after;
  const known = await knownOf(opened);
  const mayGrow = opened.target !== undefined;
  const isQuietUntilNow = follows && mayGrow && args.number('from') === undefined;
  const read = await orFailure(async () => {
    for await (const commits of readOn(log, bookmark)) {
      bookmark = commits.at(-1)?.bookmark ?? bookmark;
      known.take(commits);
      printer.take(commits, isQuietUntilNow);
      if (printer.isDone || call.stop.aborted || bookmark.number >= last) {
        return;
      }
    }
    known.require(bookmark);
  });
  if (!read.ok) {
    return { failure: read.error };
  }
  if (end !== undefined && !args.isSet('json')) {
    const token = formatToken(historyId ?? known.historyId, end.number);
    sayInstant(call.terminal, { token, past: end });
    call.terminal.say(styled(call.terminal, 'dim', 'proof: every event read from the log, in the chain of its hashes'));
  }
  if (!follows || printer.isDone || call.stop.aborted) {
    return call.stop.aborted ? { exitCode: 130 } : endOf(call, printer, { after, bookmark });
  }
  if (!mayGrow) {
    call.terminal.say(NOTHING_GROWS);
    return OK;
  }
  const ended = await follow(call, log, bookmark, printer);
  return ended === undefined ? { exitCode: printer.isDone ? 0 : 130 } : { failure: ended };
}

/** A list of nothing says what it looked through: a name that was written wrong looks like it. */
function endOf(
  { args, terminal }: Call,
  { hasPrinted, isNamed }: Printer,
  { after, bookmark }: { readonly after: Commit['bookmark']; readonly bookmark: Commit['bookmark'] },
): Ending {
  if (hasPrinted) {
    return OK;
  }
  for (const kind of ['node', 'instance'] as const) {
    const id = args.text(kind);
    if (id !== undefined && after.number === 0 && !isNamed[kind]) {
      return { failure: fleetbookError('NOT_FOUND', { kind, id }) };
    }
  }
  terminal.say(`none of the events ${after.number + 1} to ${bookmark.number} is like this`);
  return OK;
}

/** What services have kept in the directory read must be in its log; a list that ends early tells of nothing. */
async function knownOf({ directory, incident, cell }: OpenLog) {
  const isState = directory !== undefined && incident === undefined;
  const proof = new MarkProof(isState ? (await keptIn(directory, cell)).map(({ mark }) => mark) : []);
  let line: HistoryLine | undefined;
  return {
    get historyId(): string {
      return line?.historyId ?? '';
    },
    take(commits: readonly Commit[]): void {
      for (const { events: inCommit, bookmark } of commits) {
        line = inCommit.reduce(lineAfter, line);
        proof.ended(bookmark);
      }
    },
    require: (end: Commit['bookmark']): void => proof.require(line, end),
  };
}

interface Stretch {
  readonly after: Commit['bookmark'];
  readonly last: number;
  /** The instant that was asked for. */
  readonly end?: PastFacts;
  /** Of the state before it. */
  readonly historyId?: string;
  /** That were there before it. */
  readonly moves: ReadonlyMap<string, Move>;
}

/** What there is to read: up to the instant that was asked for, of an incident file from its beginning. */
async function stretchOf(call: Call, opened: OpenLog): Promise<Result<Stretch, Failure>> {
  const asOf = asOfIn(call);
  if (!asOf.ok) {
    return asOf;
  }
  const to = asOf.value;
  if (to !== undefined && opened.target !== undefined) {
    const end = await instantAt(call, opened.target);
    return end.ok
      ? succeed({ after: ORIGIN, last: end.value?.number ?? 0, ...endIn(end.value), moves: new Map() })
      : end;
  }
  const range = await rangeOf(call, opened, to === undefined ? {} : { to });
  if (!range.ok) {
    return range;
  }
  const { after = ORIGIN, to: last = Number.POSITIVE_INFINITY, start, end } = range.value ?? {};
  const moves = start?.view.ledger.moves ?? new Map();
  const historyId = start?.view.ledger.cell?.historyId;
  const facts = { ...(to === undefined ? {} : endIn(end)), ...(historyId === undefined ? {} : { historyId }) };
  return succeed({ after, last, ...facts, moves });
}

function endIn(end: PastFacts | undefined): Pick<Stretch, 'end'> {
  return end === undefined ? {} : { end };
}

/** Services have an index, and know which event an instant falls on. */
async function instantAt(call: Call, target: Target): Promise<Result<PastFacts | undefined, Failure>> {
  const source = await openServicesAt(call, target);
  if (!source.ok) {
    return source;
  }
  try {
    const reply = await ask(call, source.value, 'inbox', {});
    return reply.ok ? succeed(reply.value.past) : reply;
  } finally {
    await source.value.close();
  }
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
  readonly hasPrinted: boolean;
  /** Whether any event was about what was asked for. */
  readonly isNamed: Readonly<Record<'node' | 'instance', boolean>>;
  /** `isQuiet`: learns what they are about and prints none. */
  take(commits: readonly Commit[], isQuiet?: boolean): void;
}

/** @param moves that the log may speak of without having told of their beginning. */
function createPrinter({ args, terminal }: Call, last: number, moves: Stretch['moves']): Printer {
  const from = args.number('from') ?? 1;
  const node = args.text('node');
  const instance = args.text('instance');
  const type = args.text('type');
  const isJson = args.isSet('json');
  let left = args.number('limit') ?? Number.POSITIVE_INFINITY;

  let hasPrinted = false;
  const isNamed = { node: false, instance: false };
  const concernedBy = createConcerns(moves);

  function isWanted(event: LedgerEvent): boolean {
    const { nodes, instances } = concernedBy(event);
    isNamed.node ||= node !== undefined && nodes.has(node);
    isNamed.instance ||= instance !== undefined && instances.has(instance);
    return (
      event.number >= from &&
      event.number <= last &&
      (type === undefined || event.type === type) &&
      (node === undefined || nodes.has(node)) &&
      (instance === undefined || instances.has(instance))
    );
  }

  return {
    isNamed,
    get hasPrinted() {
      return hasPrinted;
    },
    get isDone() {
      return left <= 0;
    },
    take(commits, isQuiet = false) {
      for (const event of commits.flatMap((commit) => commit.events)) {
        if (isWanted(event) && !isQuiet && left > 0) {
          terminal.print(isJson ? JSON.stringify(event) : eventLine(event));
          left -= 1;
          hasPrinted = true;
        }
      }
    },
  };
}
