import type { AdoptInstance, CommandMessage } from '../command.ts';
import type { Decision, JudgedAt } from '../decision.ts';
import { requestTextOf } from '../evolve/request-text.ts';
import { fitAdoption } from '../fit/adoption.ts';
import type { Ledger, Node } from '../ledger.ts';
import { CLAIM_TABLE, claimStateOf } from '../tables/claim-table.ts';
import { accept, reject, unchanged } from './answer.ts';
import { instanceFacts } from './claim.ts';
import { refuseFit } from './refuse-fit.ts';
import { refuseUsedId } from './used-id.ts';

/** Charges a guest that runs already, whether the node has room and takes claims or not. */
export const decideAdopt = (
  ledger: Ledger,
  node: Node,
  { command, commandId }: CommandMessage<AdoptInstance>,
  judgedAt: JudgedAt,
): Decision => {
  if (node.status.kind === 'retired') return reject('NODE_RETIRED', judgedAt, { node: node.id });
  const instance = ledger.instances.get(command.instance);
  const transition = CLAIM_TABLE[claimStateOf(instance)].AdoptInstance;
  if (transition.kind === 'refuse') {
    if (instance?.status === 'held') {
      const { claimId, requestText, charge } = instance.claim;
      if (instance.claim.node === node.id && requestText === requestTextOf(command)) {
        return unchanged({ type: command.type, node: node.id, instance: instance.id, claimId, charge });
      }
    }
    return reject(transition.code, judgedAt, { instance: command.instance, ...instanceFacts(instance) });
  }
  const used = refuseUsedId(ledger, commandId, command.instance, judgedAt, instance);
  if (used !== undefined) return used;
  const fitted = fitAdoption(node, command.charge);
  return fitted.kind === 'fits'
    ? accept({ type: 'InstanceAdopted', schemaVersion: 1, data: { charge: fitted.charge } })
    : refuseFit(ledger, node, fitted, judgedAt);
};
