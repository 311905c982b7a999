import type { InstanceState, ReportInstanceState } from '../command.ts';
import type { Decision, JudgedAt } from '../decision.ts';
import type { Instance, Ledger, Node } from '../ledger.ts';
import type { RejectionCode } from '../rejection.ts';
import { accept, reject, unchanged } from './answer.ts';
import { claimFacts } from './claim.ts';

const NOT_HELD: Readonly<Record<Exclude<Instance['status'], 'held'>, RejectionCode>> = {
  offloaded: 'INSTANCE_OFFLOADED',
  ended: 'INSTANCE_ENDED',
};

const isSameState = (left: InstanceState, right: InstanceState | undefined): boolean =>
  left.vm === right?.vm && left.task === right.task && left.osType === right.osType;

/** What a guest is doing, for the counters. Whatever it says, nothing is released. */
export const decideState = (ledger: Ledger, node: Node, command: ReportInstanceState, judgedAt: JudgedAt): Decision => {
  const instance = ledger.instances.get(command.instance);
  if (instance?.status !== 'held') {
    const code = instance === undefined ? 'CLAIM_NOT_FOUND' : NOT_HELD[instance.status];
    return reject(code, judgedAt, { instance: command.instance });
  }
  const { claim } = instance;
  if (claim.node !== node.id || claim.claimId !== command.claimId) {
    return reject('CLAIM_MISMATCH', judgedAt, { instance: instance.id, claim: claimFacts(claim) });
  }
  return isSameState(command.state, claim.state)
    ? unchanged({ type: command.type, node: node.id, instance: instance.id })
    : accept({ type: 'InstanceStateReported', schemaVersion: 1, data: {} });
};
