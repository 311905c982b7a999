/**
 * How V8 is to collect garbage in a projector, for whoever starts one. What is folded stays, so a collection of young
 * objects copies most of them: a small space for them makes pauses of a millisecond out of those of tens. The smallest
 * one costs a sixth more processor time for each claim. And nothing is to be compacted just because the fleet has
 * become quiet, nor all of the heap to be looked through for each tenth that it grows by: both hold up the questions of
 * a quiet fleet.
 */
export const PROJECTOR_NODE_FLAGS: readonly string[] = [
  '--max-semi-space-size=2',
  '--no-memory-reducer',
  '--heap-growing-percent=100',
];
