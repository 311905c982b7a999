import type { ChargeLine, ResourceRequest } from '../request.ts';
import type { Demand } from './result.ts';

const isCharge = (asked: ResourceRequest | readonly ChargeLine[]): asked is readonly ChargeLine[] =>
  Array.isArray(asked);

/** What a claim asked for, from its text, to ask for it elsewhere. */
export const demandOf = (requestText: string): Demand => {
  const asked: ResourceRequest | readonly ChargeLine[] = JSON.parse(requestText);
  return isCharge(asked) ? { charge: asked } : { request: asked };
};
