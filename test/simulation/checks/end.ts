import type { FleetbookClient } from '@fleetbook/client';
import type { CommandReply, SenderRole } from '@fleetbook/contracts';
import type { LedgerEvent } from '@fleetbook/domain';
import type { CommandSenders } from '../workload/commands.ts';
import type { Askers } from '../workload/queries.ts';
import { ProjectorMachine } from '../world/projector-machine.ts';
import type { World } from '../world/world.ts';
import { checkHistory } from './history.ts';
import { keyOf } from './ledger-book.ts';
import { hold } from './violation.ts';

export interface Ending {
  readonly world: World;
  readonly senders: CommandSenders;
  readonly askers: Askers;
  /** Lets the world go on; false when the time is up before it is so. */
  readonly until: (isReached: () => boolean, limitMs: number) => Promise<boolean>;
}

/** Longer than any client tries, any retry waits and any election takes. */
const SETTLE_MS = 40_000;
/** Outcomes asked for at the end, of commands that timed out. */
const MOST_ASKED = 10;
/** Events sent after an altered record, so that a milestone comes. */
const MOST_PROBES = 32;

const TYPED_STOPS: readonly string[] = ['LOG_WENT_BACK', 'LOG_DAMAGED'];

/** Ends the faults, waits for quiet, and checks what is left. Throws Violation. */
export async function checkEnd(ending: Ending): Promise<void> {
  const { world, senders, askers, until } = ending;
  world.calm();
  const isAnswered = await until(() => senders.open === 0 && askers.open === 0, SETTLE_MS);
  hold('every client gets an answer', isAnswered, () => `${senders.open} commands, ${askers.open} questions are open`);
  if (world.observer.isDamaged || world.observer.loss !== undefined) {
    await checkDamagedEnd(ending);
  } else {
    await checkSoundEnd(ending);
  }
}

async function checkSoundEnd(ending: Ending): Promise<void> {
  const { world } = ending;
  await checkAltered(ending);
  await recover(ending);
  const probe = await sendProbe(ending);
  hold('the cell takes commands again', probe.outcome === 'accepted', () => JSON.stringify(probe));
  await recover(ending);
  await checkInbox(ending);
  await checkUnknown(ending);
  await revokeForged(ending);
  await checkDigests(ending);
  for (const machine of [...world.projectors, ...world.trackers.filter(isInOffice)]) {
    machine.replace();
  }
  await ending.until(() => world.projectors.every(({ process }) => process === undefined), SETTLE_MS);
  await recover(ending);
  await checkDigests(ending);
  await checkHistory(world);
}

/**
 * A projector with an altered record has found out by the next checkpoint, if that record matters by then; what it has
 * saved is no beginning for another.
 */
async function checkAltered(ending: Ending): Promise<void> {
  const { world, until } = ending;
  const isAltered = ({ process }: World['services'][number]) => world.observer.altered.has(process?.name ?? '');
  if (!world.projectors.some(isAltered)) {
    return;
  }
  await until(() => world.trackers.some(isInOffice), SETTLE_MS);
  if (world.milestoneEvents <= MOST_PROBES) {
    for (let sent = 0; sent <= 2 * world.milestoneEvents; sent += 1) {
      await answered(ending, clientAt(world, 'agent').send('RegisterNode', { node: `more-${sent}`, bootId: 'probe' }));
    }
    const altered = world.projectors.filter(isAltered);
    const isFound = () => altered.every((machine) => !isAltered(machine) || isRight(world, machine));
    hold('an altered record is found out', await until(isFound, SETTLE_MS), () => stateOf(world));
  }
  // Where no milestone came it may have saved what was altered: an operator has it rebuilt, not started again.
  const left = world.projectors.filter(isAltered);
  for (const machine of left) {
    machine.rebuild();
  }
  await until(() => !left.some(isAltered), SETTLE_MS);
}

/** Everything that was put was dealt with: what the inbox took is decided, passed or parked on record. */
async function checkInbox({ world, senders, until }: Ending): Promise<void> {
  const { inbox, observer } = world;
  const upTo = (): number => observer.book.ledger.cell?.inbox?.upTo ?? 0;
  const isDone = await until(() => upTo() >= inbox.end, SETTLE_MS);
  hold('the inbox is worked off', isDone, () => `message ${upTo()} of ${inbox.end} was the last`);
  const settled = new Set(observer.book.events.flatMap(sequencesIn));
  for (const { sequence, commandId } of senders.taken) {
    hold('what the inbox took is on record', settled.has(sequence), () => `message ${sequence}, ${commandId}`);
  }
}

function sequencesIn(event: LedgerEvent): readonly number[] {
  const of = event.type === 'InboxPassed' || event.type === 'InboxParked' ? event.data.sequence : event.inboxSequence;
  return of === undefined ? [] : [of];
}

/** Once the operator has given up what a faulty writer stated, nobody doubts anything any more. */
async function revokeForged(ending: Ending): Promise<void> {
  const { world } = ending;
  const operator = clientAt(world, 'operator');
  for (const upTo of world.observer.book.forged) {
    const doubted = world.services.map(doubtOf).filter((reason) => reason !== undefined);
    const wrong = doubted.find((reason) => !reason.includes(`event ${upTo} `));
    hold('only what is wrong is doubted', wrong === undefined, () => `${wrong}`);
    const reply = await answered(ending, operator.send('RevokeCheckpoint', { upTo, reason: 'a faulty writer' }));
    hold('a wrong checkpoint can be revoked', reply.outcome === 'accepted', () => JSON.stringify(reply));
  }
  await ending.until(() => world.services.every((machine) => doubtOf(machine) === undefined), SETTLE_MS);
  await recover(ending);
}

/** Whoever has met the damage has stopped and says so; everybody else is right. */
async function checkDamagedEnd(ending: Ending): Promise<void> {
  const { world, until } = ending;
  const { observer } = world;
  await sendProbe(ending);
  const isSettled = await until(() => world.services.every((machine) => isStoppedOrWell(world, machine)), SETTLE_MS);
  hold('services settle after damage', isSettled, () => stateOf(world));
  for (const machine of world.services) {
    const stop = machine.stopped();
    hold(
      'services stop with the right reason',
      stop === undefined || TYPED_STOPS.includes(stop.code),
      () => `${machine.name} stopped with ${stop?.code}: ${stop?.reason}`,
    );
    const name = machine.process?.name ?? '';
    hold('who knows of a loss stops', stop !== undefined || observer.loss?.knowers.has(name) !== true, () => name);
  }
  const wrong = world.projectors.find(
    (machine) =>
      machine.stopped() === undefined && !observer.altered.has(machine.process?.name ?? '') && !isRight(world, machine),
  );
  hold('live digests are right', wrong === undefined, () => `${wrong?.name}: ${stateOf(world)}`);
}

/** A clock that went too far ahead has taken the ledger's time with it: then the time of the answer is sent. */
async function sendProbe(ending: Ending): Promise<CommandReply> {
  const client = clientAt(ending.world, 'agent');
  const probe = { node: 'probe', bootId: 'probe' };
  const reply = await answered(ending, client.send('RegisterNode', probe));
  const isTooOld = reply.outcome === 'error' && reply.error.code === 'COMMAND_TOO_OLD' && reply.at !== undefined;
  return isTooOld ? answered(ending, client.send('RegisterNode', probe, { issuedAt: reply.at })) : reply;
}

/** A tracker that stands by is well. */
function isStoppedOrWell(world: World, machine: World['services'][number]): boolean {
  const { running } = machine;
  const isWell = running !== undefined && (!(machine instanceof ProjectorMachine) || isCaughtUp(world, machine));
  return isWell || machine.stopped() !== undefined;
}

async function recover({ world, until }: Ending): Promise<void> {
  const isWell = await until(
    () => world.trackers.some(isInOffice) && world.projectors.every((machine) => isCaughtUp(world, machine)),
    SETTLE_MS,
  );
  hold('services recover when faults end', isWell, () => stateOf(world));
  const stopped = world.services.find((machine) => machine.stopped() !== undefined);
  hold('nobody stops without damage', stopped === undefined, () => stateOf(world));
}

async function checkUnknown(ending: Ending): Promise<void> {
  const { world, senders } = ending;
  for (const { sent, commandId } of senders.unknown.slice(-MOST_ASKED)) {
    const { actor } = sent;
    if (actor.role === 'system') {
      continue;
    }
    const question = { commandId, role: actor.role, actor: actor.id };
    const reply = await answered(ending, clientAt(world, 'operator').ask('outcome', question));
    const recorded = world.observer.book.decisions.get(keyOf(actor.role, actor.id, commandId));
    const isAsRecorded =
      reply.outcome === 'answer' &&
      (reply.answer.status === 'recorded'
        ? recorded !== undefined
        : (recorded?.number ?? 0) < reply.answer.searchedFrom);
    hold('an unknown outcome can be asked for', isAsRecorded, () => `${commandId}: ${JSON.stringify(reply)}`);
  }
}

async function checkDigests(ending: Ending): Promise<void> {
  const { world } = ending;
  const writer = await answered(ending, clientAt(world, 'operator').ask('writer', {}));
  await recover(ending);
  hold('the writer answers', writer.outcome === 'answer', () => JSON.stringify(writer));
  const wrong = world.projectors.find((machine) => !isRight(world, machine));
  hold('live digests are right', wrong === undefined, () => `${wrong?.name}: ${stateOf(world)}`);
  const doubtful = world.services.find((machine) => doubtOf(machine) !== undefined);
  hold(
    'nobody doubts a checkpoint',
    doubtful === undefined,
    () => `${doubtful?.name}: ${doubtful && doubtOf(doubtful)}`,
  );
}

function doubtOf(machine: World['services'][number]): string | undefined {
  const health = machine instanceof ProjectorMachine ? machine.running?.projector.health() : machine.running?.health();
  return health?.checks.find(({ name, status }) => name === 'checkpoints' && status !== 'green')?.reason;
}

function isRight({ observer }: World, { running }: World['projectors'][number]): boolean {
  const view = running?.projector.view;
  return view?.bookmark.number === observer.book.number && view.digest.hex() === observer.book.digest();
}

const isInOffice = ({ running }: World['trackers'][number]): boolean => running?.status().phase === 'in-office';

const isCaughtUp = ({ observer }: World, { running }: World['projectors'][number]): boolean =>
  running?.projector.isServing === true && running.projector.view.bookmark.number === observer.book.number;

const clientAt = (world: World, role: SenderRole): FleetbookClient =>
  world.clients[0]?.client(role, `${role}-end`) ?? fail('no clients');

/** Lets the world go on until a client has its answer. */
async function answered<Reply>({ until }: Ending, asked: Promise<Reply>): Promise<Reply> {
  let reply: Reply | undefined;
  void asked.then((value) => {
    reply = value;
  });
  await until(() => reply !== undefined, SETTLE_MS);
  return reply ?? fail('a client of the end got no answer');
}

function fail(message: string): never {
  throw new Error(message);
}

/** One line for people: what each service is at. */
function stateOf({ trackers, projectors, observer }: World): string {
  const states = [
    ...trackers.map((machine) => ({ machine, state: JSON.stringify(machine.running?.status()) })),
    ...projectors.map((machine) => {
      const projector = machine.running?.projector;
      const view = projector?.view;
      return { machine, state: `${projector?.isServing} at ${view?.bookmark.number} ${projector?.status.phase}` };
    }),
  ];
  const texts = states.map(({ machine, state }) => `${machine.name} ${JSON.stringify(machine.stopped()) ?? state}`);
  return `${texts.join('; ')}; the log ends with event ${observer.book.number}`;
}
