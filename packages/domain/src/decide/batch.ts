import type { AtomicBatch, CommandMessage } from '../command.ts';
import type { Decision, JudgedAt } from '../decision.ts';
import type { Change, Ledger } from '../ledger.ts';
import { accept, unchanged } from './answer.ts';
import { refuseOvercharge, refusePart } from './batch-refusal.ts';
import { givenBack, type Overcharge, overchargeBy, seeGivenBack, seenNodes, seeRoom } from './batch-room.ts';
import { changesOfParts, type Decide, type Trial, tryParts } from './batch-trial.ts';

type Refusal = Extract<Trial, { readonly kind: 'refused' }>;

interface Overcharged {
  readonly kind: 'overcharged';
  readonly overcharge: Overcharge;
}

const isAboutRoom = ({ decision }: Refusal): boolean => {
  const { code } = decision.rejection;
  return code === 'NO_CAPACITY' || code === 'UNIT_TAKEN' || code === 'NO_ASSIGNMENT';
};

const NOTHING: readonly Change[] = [];

/**
 * Judges a batch on its net result: what one of its commands gives back may be taken by an earlier one. First it is
 * found out what the batch would give back if there were room for all of it, then every part is judged with that,
 * and in the end the sums have to be right.
 */
const tryTogether = (
  ledger: Ledger,
  message: CommandMessage<AtomicBatch>,
  judgedAt: JudgedAt,
  decide: Decide,
): Trial | Overcharged => {
  const roomy = tryParts(ledger, message, judgedAt, decide, seenNodes(ledger, message.command, seeRoom));
  if (roomy.kind === 'refused') return roomy;
  const see = seeGivenBack(givenBack(roomy.changes));
  const together = tryParts(ledger, message, judgedAt, decide, seenNodes(ledger, message.command, see));
  if (together.kind === 'refused') return together;
  const overcharge = overchargeBy(changesOfParts(ledger, message, judgedAt, together.parts));
  return overcharge === undefined ? together : { kind: 'overcharged', overcharge };
};

/** All commands of a batch, or none of them. */
export const decideBatch = (
  ledger: Ledger,
  message: CommandMessage<AtomicBatch>,
  judgedAt: JudgedAt,
  decide: Decide,
): Decision => {
  const inOrder = tryParts(ledger, message, judgedAt, decide, NOTHING);
  const trial =
    inOrder.kind === 'refused' && isAboutRoom(inOrder) ? tryTogether(ledger, message, judgedAt, decide) : inOrder;
  if (trial.kind === 'refused') return refusePart(ledger, message, trial.decision, trial.place);
  if (trial.kind === 'overcharged') return refuseOvercharge(ledger, trial.overcharge, judgedAt);
  const { parts, results } = trial;
  return parts.every((part) => part === null)
    ? unchanged({ type: 'AtomicBatch', results })
    : accept({ type: 'AtomicBatchApplied', schemaVersion: 1, data: { parts } });
};
