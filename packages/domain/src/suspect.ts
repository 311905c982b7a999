import type { Node } from './ledger.ts';

/** As many builds failed in a row make a node suspect. */
export const SUSPECT_AFTER_FAILED_BUILDS = 10;

/** A suspect node takes claims, but is ranked after every other candidate until a build succeeds there. */
export const isSuspect = (node: Pick<Node, 'failedBuilds'>): boolean =>
  (node.failedBuilds ?? 0) >= SUSPECT_AFTER_FAILED_BUILDS;
