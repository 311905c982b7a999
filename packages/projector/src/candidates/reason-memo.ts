import type { ReasonCount } from '@fleetbook/contracts';
import { type CandidateResult, judgeCandidate, type Node, type PreparedDemand } from '@fleetbook/domain';

/** Why a node does not serve a request; undefined when it does. */
export type NodeRefusal = Pick<ReasonCount, 'reason' | 'class'> | undefined;

/** Remembers why nodes refuse the requests asked last: a full fleet is asked the same again and again. */
export interface ReasonMemo {
  /** The judge of one request. */
  judge(requestKey: string, demand: PreparedDemand, workLimit: number): (node: Node) => NodeRefusal;
}

const REMEMBERED_REQUESTS = 8;

/** Node records never change, so a refusal holds for as long as the record stands. */
type Refusals = WeakMap<Node, { readonly refusal: NodeRefusal }>;

export function createReasonMemo(): ReasonMemo {
  const byRequest = new Map<string, Refusals>();

  function refusalsOf(key: string): Refusals {
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
  }

  return {
    judge(requestKey, demand, workLimit) {
      const refusals = refusalsOf(`${workLimit} ${requestKey}`);
      return (node) => {
        const known = refusals.get(node);
        if (known !== undefined) {
          return known.refusal;
        }
        const refusal = refusalOf(judgeCandidate(node, demand, workLimit));
        refusals.set(node, { refusal });
        return refusal;
      };
    },
  };
}

export function refusalOf(result: CandidateResult): NodeRefusal {
  switch (result.kind) {
    case 'fits':
      return undefined;
    case 'too-complex':
      return { reason: 'REQUEST_TOO_COMPLEX' };
    case 'refused': {
      const broken = result.rules.find((rule) => rule.rule === result.code);
      const isNamed = broken !== undefined && broken.class !== '';
      return isNamed ? { reason: result.code, class: broken.class } : { reason: result.code };
    }
  }
}
