import type { Actor, Command, RejectionCode, RejectionDetails, ResourceRequest } from '@fleetbook/domain';
import { addNode, type HistoryWriter, SCHEDULER } from '@fleetbook/projector/testing';

const ORIGIN = { client: 'test', version: '0.0.0', host: 'localhost' };
export const AGENT: Actor = { role: 'agent', id: 'agent-a' };
export const OPERATOR: Actor = { role: 'operator', id: 'operator-1' };

type WithoutOrigin<Body> = Body extends Command ? Omit<Body, 'origin'> : never;
type Ask = WithoutOrigin<Command>;

/** Leads a ledger with the nodes a and b, of 64 VCPU and two GPUs of 1,000 milli each, to one refusal at its end. */
export interface Refusal {
  readonly code: RejectionCode;
  readonly lead: (steps: Steps) => void;
  /** Facts that the refusal states, worked out by hand. */
  readonly details: RejectionDetails;
  /** Who is in the way, as `instance class amount`. */
  readonly holders?: readonly string[];
}

export interface Steps {
  readonly writer: HistoryWriter;
  /** Decides; the id of the command is `name` where one is given. */
  ask(actor: Actor, ask: Ask, name?: string): void;
  claim(instance: string, request?: ResourceRequest, node?: string): void;
  confirmed(instance: string): void;
  move(instance: string, more?: Partial<Extract<Ask, { readonly type: 'ClaimMove' }>>, name?: string): void;
}

export function stepsOf(writer: HistoryWriter): Steps {
  const ask = (actor: Actor, body: Ask, name?: string): void => {
    writer.decide(actor, { origin: ORIGIN, ...body }, name);
  };
  addNode(writer, 'a');
  addNode(writer, 'b');
  return {
    writer,
    ask,
    claim: (instance, request = { resources: { VCPU: 8 } }, node = 'a') =>
      ask(SCHEDULER, { type: 'ClaimInstance', node, instance, request }, `claim-${instance}`),
    confirmed(instance) {
      this.claim(instance);
      ask(AGENT, { type: 'ConfirmClaim', node: 'a', instance, claimId: `claim-${instance}` });
    },
    move: (instance, more = {}, name = `move-${instance}`) =>
      ask(
        SCHEDULER,
        {
          ...{ type: 'ClaimMove', kind: 'cold', instance, source: 'a', claimId: `claim-${instance}`, destination: 'b' },
          ...more,
        },
        name,
      ),
  };
}

export const report = { type: 'ReportInventory', node: 'a', incarnation: 1, mode: 'full' } as const;

export const gpu = (amount: number): ResourceRequest => ({ resources: { CUSTOM_GPU_MILLI: amount } });

/** Few steps of search, so that a request can be too complex. */
export const FIT_WORK_LIMIT = 40;
