import type { CountersAnswer, CountersQuery } from '@fleetbook/contracts';
import { countersOf, succeed } from '@fleetbook/domain';
import type { QuestionView } from '../view/question-view.ts';
import { type Answer, notFound } from './node-queries.ts';

/** A tenant that runs nothing is unknown to the ledger: its counters are zero. */
export function answerCounters({ ledger, counters }: QuestionView, query: CountersQuery): Answer<CountersAnswer> {
  const { node, tenant } = query;
  if (node !== undefined) {
    return ledger.nodes.has(node)
      ? succeed({ scope: 'node', id: node, ...countersOf(ledger, node) })
      : notFound('node', node);
  }
  return succeed(
    tenant === undefined
      ? { scope: 'cell', ...counters.ofCell() }
      : { scope: 'tenant', id: tenant, ...counters.ofTenant(tenant) },
  );
}
