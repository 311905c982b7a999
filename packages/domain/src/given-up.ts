import type { Move, Node } from './ledger.ts';

/** Gone for good: it holds nothing, and counts nowhere. */
export const isRetired = ({ status }: Node): boolean => status.kind === 'retired';

/** Nothing can run on the node any more, so that anybody's word frees what it holds. */
export const isOff = (node: Node): boolean => isRetired(node) || (node.status.kind === 'down' && node.status.fenced);

/**
 * The source of an evacuation was given up on, and its guest may run there still: the word of its agent counts again
 * from its next incarnation on. That an operator enabled or disabled the node says nothing about the guest.
 */
export const isGivenUp = (node: Node, { kind, otherSide, sourceIncarnation = 0 }: Move): boolean =>
  kind === 'evacuation' && otherSide === 'source' && !isOff(node) && node.incarnation <= sourceIncarnation;
