import type { AtomicBatch, CommandMessage } from '../command.ts';
import type { Decision, JudgedAt } from '../decision.ts';
import type { Ledger } from '../ledger.ts';
import { accept, unchanged } from './answer.ts';
import { creditsOf } from './batch-credits.ts';
import { refuseOvercharge, refusePart } from './batch-refusal.ts';
import { type Overcharge, overchargeBy, seeGivenBack, seeRoom } from './batch-room.ts';
import { type Decide, type See, type Trial, tryParts } from './batch-trial.ts';

type Refusal = Extract<Trial, { readonly kind: 'refused' }>;

interface Overcharged {
  readonly kind: 'overcharged';
  readonly overcharge: Overcharge;
}

/** With alternates the code is that of the first node: any of them may lack room. */
const isAboutRoom = ({ decision }: Refusal): boolean => {
  const { code, details } = decision.rejection;
  return code === 'NO_CAPACITY' || code === 'UNIT_TAKEN' || code === 'NO_ASSIGNMENT' || 'nodes' in details;
};

const seeAsItIs: See = () => [];

/**
 * Judges a batch on its net result: what one of its commands gives back may be taken by an earlier one. First it is
 * found out what the batch would give back if there were room for all of it, then every part is judged with what later
 * ones give back, and in the end the sums have to be right.
 */
const tryTogether = (
  ledger: Ledger,
  message: CommandMessage<AtomicBatch>,
  judgedAt: JudgedAt,
  decide: Decide,
): Trial | Overcharged => {
  const roomy = tryParts(ledger, message, judgedAt, decide, seeRoom(ledger));
  if (roomy.kind === 'refused') return roomy;
  const credits = creditsOf(ledger, message.command, roomy.changes);
  const tryLending = (isLasting: boolean): Trial | Overcharged => {
    const see = seeGivenBack(ledger, message.command, credits, isLasting);
    const trial = tryParts(ledger, message, judgedAt, decide, see);
    const overcharge = trial.kind === 'refused' ? undefined : overchargeBy(trial.changes.flat());
    return overcharge === undefined ? trial : { kind: 'overcharged', overcharge };
  };
  const exact = tryLending(false);
  return exact.kind === 'taken' ? exact : tryLending(true);
};

/** All commands of a batch, or none of them. */
export const decideBatch = (
  ledger: Ledger,
  message: CommandMessage<AtomicBatch>,
  judgedAt: JudgedAt,
  decide: Decide,
): Decision => {
  const inOrder = tryParts(ledger, message, judgedAt, decide, seeAsItIs);
  const trial =
    inOrder.kind === 'refused' && isAboutRoom(inOrder) ? tryTogether(ledger, message, judgedAt, decide) : inOrder;
  if (trial.kind === 'refused') return refusePart(ledger, message, trial.decision, trial.place);
  if (trial.kind === 'overcharged') return refuseOvercharge(ledger, trial.overcharge, judgedAt);
  const { parts, results } = trial;
  return parts.every((part) => part === null)
    ? unchanged({ type: 'AtomicBatch', results })
    : accept({ type: 'AtomicBatchApplied', schemaVersion: 1, data: { parts } });
};
