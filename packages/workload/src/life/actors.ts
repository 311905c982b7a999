import type { FleetbookClient } from '@fleetbook/client';
import type { CommandReply, ReplyResult } from '@fleetbook/contracts';
import type { ResourceRequest } from '@fleetbook/domain';
import type { ClientOf } from '../fill/register-fleet.ts';
import type { SeededRandom } from '../seeded-random.ts';

/** An instance of the fleet as the second act knows it. */
export interface Guest {
  readonly instance: string;
  readonly node: string;
  readonly claimId: string;
  readonly request: ResourceRequest;
}

/** What the parts of the second act share. */
export interface Stage {
  readonly clientOf: ClientOf;
  readonly random: SeededRandom;
  /** Told of every command that was answered. */
  readonly onCommand: () => void;
}

const SCHEDULER = 'scheduler-of-moves';
const OPERATOR = 'operator-on-duty';

export const agentOf = ({ clientOf }: Stage, node: string): FleetbookClient => clientOf('agent', node);
export const schedulerOf = ({ clientOf }: Stage): FleetbookClient => clientOf('scheduler', SCHEDULER);
export const operatorOf = ({ clientOf }: Stage): FleetbookClient => clientOf('operator', OPERATOR);

/** The result of a command that nothing stands in the way of. Throws when it was not accepted. */
export const accepted = async (stage: Stage, sent: Promise<CommandReply>): Promise<ReplyResult> => {
  const reply = await sent;
  stage.onCommand();
  if (reply.outcome !== 'accepted' && reply.outcome !== 'unchanged') {
    throw new Error(`a command of the second act was not accepted: ${JSON.stringify(reply)}`);
  }
  return reply.result;
};

/** Whether a command that may be refused was accepted. Throws when its outcome is not known. */
export const isAccepted = async (stage: Stage, sent: Promise<CommandReply>): Promise<ReplyResult | undefined> => {
  const reply = await sent;
  stage.onCommand();
  if (reply.outcome === 'error') {
    throw new Error(`a command of the second act has no outcome: ${JSON.stringify(reply)}`);
  }
  return reply.outcome === 'refused' ? undefined : reply.result;
};

const CANDIDATES = 8;

/** A node other than `not` that fits the request, chosen by the seed among the best; undefined when none does. */
export const chooseNode = async (stage: Stage, request: ResourceRequest, not: string): Promise<string | undefined> => {
  const reply = await schedulerOf(stage).ask('candidates', { request, limit: CANDIDATES, strategy: 'spread' });
  if (reply.outcome === 'error') {
    throw new Error(`no candidates could be asked for: ${JSON.stringify(reply.error)}`);
  }
  const others = reply.answer.candidates.filter(({ node }) => node !== not);
  return others[stage.random.below(others.length)]?.node;
};
