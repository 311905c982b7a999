import type { ClaimInstance, CommandMessage } from '../command.ts';
import type { Decision, JudgedAt } from '../decision.ts';
import { requestTextOf } from '../evolve/evolve.ts';
import { fitDemand } from '../fit/fit.ts';
import type { Claim, Ledger, Node } from '../ledger.ts';
import { compareText } from '../order.ts';
import { policiesOf } from '../policies.ts';
import type { RejectionCode } from '../rejection.ts';
import { CLAIM_TABLE, claimStateOf } from '../tables/claim-table.ts';
import { INVENTORY_TABLE, NODE_TABLE } from '../tables/node-table.ts';
import { accept, reject, unchanged, withList } from './answer.ts';

/** Why a node takes no claims at all, whatever is asked for. */
export const closedBy = (node: Node): RejectionCode | undefined => {
  const status = NODE_TABLE[node.status.kind].ClaimInstance;
  if (status.kind === 'refuse') return status.code;
  const inventory = INVENTORY_TABLE[node.inventoryStatus.kind].ClaimInstance;
  return inventory.kind === 'refuse' ? inventory.code : undefined;
};

const labelsText = (labels: Readonly<Record<string, string>> | undefined): string =>
  JSON.stringify(Object.entries(labels ?? {}).sort(([left], [right]) => compareText(left, right)));

/** Whether a live claim is what the command asks for; who asks does not matter, the instance is the same. */
const isEqualClaim = (claim: Claim, command: ClaimInstance): boolean =>
  claim.node === command.node &&
  claim.tenant === command.tenant &&
  claim.requestText === requestTextOf(command) &&
  labelsText(claim.labels) === labelsText(command.labels);

export const claimFacts = (claim: Claim) => ({
  claimId: claim.claimId,
  node: claim.node,
  status: claim.status,
});

/** Charges a node for an instance that nobody holds. */
export const decideClaim = (
  ledger: Ledger,
  node: Node,
  { command }: CommandMessage<ClaimInstance>,
  judgedAt: JudgedAt,
): Decision => {
  const closed = closedBy(node);
  if (closed !== undefined) {
    const reason = node.status.kind === 'disabled' ? { reason: node.status.reason } : {};
    return reject(closed, judgedAt, { node: node.id, ...reason });
  }
  const instance = ledger.instances.get(command.instance);
  const transition = CLAIM_TABLE[claimStateOf(instance)].ClaimInstance;
  if (transition.kind === 'refuse') {
    if (instance?.status !== 'held') return reject(transition.code, judgedAt, { instance: command.instance });
    const { claim } = instance;
    if (isEqualClaim(claim, command)) {
      const { claimId, charge } = claim;
      return unchanged({ type: 'ClaimInstance', node: node.id, instance: instance.id, claimId, charge });
    }
    return reject(transition.code, judgedAt, { instance: instance.id, claim: claimFacts(claim) });
  }
  const { fitWorkLimit } = policiesOf(ledger);
  const fitted = fitDemand(node, command, fitWorkLimit);
  switch (fitted.kind) {
    case 'fits':
      return accept({
        type: 'InstanceClaimed',
        schemaVersion: 1,
        data: { node: node.id, charge: fitted.charge },
      });
    case 'too-complex':
      return reject('REQUEST_TOO_COMPLEX', judgedAt, { node: node.id, workLimit: fitWorkLimit });
    case 'refused': {
      const rules = fitted.rules.map((rule) => ({ ...rule }));
      return reject(fitted.code, judgedAt, withList({ node: node.id }, 'rules', rules));
    }
  }
};
