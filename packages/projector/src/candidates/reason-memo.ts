import type { ReasonCount } from '@fleetbook/contracts';
import type { CandidateResult, Node } from '@fleetbook/domain';

/** Why a node does not serve a request. */
export type NodeRefusal = Pick<ReasonCount, 'reason' | 'class'>;

/** Remembers why nodes refuse the requests asked last: a full fleet is asked the same again and again. */
export interface ReasonMemo {
  /** The refusals of one request, judged with one work limit; undefined when none is remembered. */
  find(key: string): Refusals | undefined;
  /** The same, to be added to. */
  open(key: string): Refusals;
}

/** Node records never change, so a refusal holds for as long as the record stands. */
export type Refusals = WeakMap<Node, NodeRefusal>;

const REMEMBERED_REQUESTS = 8;

export function createReasonMemo(): ReasonMemo {
  const byRequest = new Map<string, Refusals>();
  return {
    find: (key) => byRequest.get(key),
    open(key) {
      const refusals: Refusals = byRequest.get(key) ?? new WeakMap();
      byRequest.delete(key);
      byRequest.set(key, refusals);
      for (const oldest of byRequest.keys()) {
        if (byRequest.size <= REMEMBERED_REQUESTS) {
          break;
        }
        byRequest.delete(oldest);
      }
      return refusals;
    },
  };
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
