import type { ReasonCount } from '@fleetbook/contracts';
import type { CandidateResult, Node } from '@fleetbook/domain';
import { createVerdicts, type FleetQuestion, type Verdicts } from './fleet-reasons.ts';
import type { NodeTable } from './node-table.ts';

/** Why a node does not serve a request. */
export type NodeRefusal = Pick<ReasonCount, 'reason' | 'class'>;

/** Remembers why nodes refuse the requests asked last: a full fleet is asked the same again and again. */
export interface ReasonMemo {
  /** The refusals of one request, judged with one work limit; undefined when none is remembered. */
  find(key: string): Refusals | undefined;
  /** The same, to be added to. */
  open(key: string): Refusals;
  /** What the columns said of a fleet when the same was asked of it last, to be brought up to date. */
  verdicts(question: FleetQuestion, table: NodeTable): Verdicts;
}

/** Node records never change, so a refusal holds for as long as the record stands. */
export type Refusals = WeakMap<Node, NodeRefusal>;

const REMEMBERED_REQUESTS = 8;

export function createReasonMemo(): ReasonMemo {
  const byRequest = new Map<string, Refusals>();
  const byQuestion = new Map<string, Verdicts>();
  return {
    find: (key) => byRequest.get(key),
    open(key) {
      const refusals: Refusals = byRequest.get(key) ?? new WeakMap();
      remember(byRequest, key, refusals);
      return refusals;
    },
    verdicts({ request, traits, aggregates }, table) {
      const key = JSON.stringify([request, traits, aggregates]);
      const known = byQuestion.get(key);
      const verdicts = known?.table === table ? known : createVerdicts(table);
      remember(byQuestion, key, verdicts);
      return verdicts;
    },
  };
}

/** As the newest; the oldest is forgotten. */
function remember<Value>(values: Map<string, Value>, key: string, value: Value): void {
  values.delete(key);
  values.set(key, value);
  for (const oldest of values.keys()) {
    if (values.size <= REMEMBERED_REQUESTS) {
      break;
    }
    values.delete(oldest);
  }
}

export function refusalOf(result: Exclude<CandidateResult, { readonly kind: 'fits' }>): NodeRefusal {
  switch (result.kind) {
    case 'too-complex':
      return { reason: 'REQUEST_TOO_COMPLEX' };
    case 'refused': {
      const broken = result.rules.find((rule) => rule.rule === result.code);
      const isNamed = broken !== undefined && broken.class !== '';
      return isNamed ? { reason: result.code, class: broken.class } : { reason: result.code };
    }
  }
}
