/**
 * How V8 is to collect garbage in a projector, for whoever starts one. What is folded stays, so a collection of young
 * objects copies most of them: the smallest space for them makes pauses of half a millisecond out of those of tens,
 * at the same processor time. And nothing is to be compacted just because the fleet has become quiet: that holds up
 * the questions of a quiet fleet.
 */
export const PROJECTOR_NODE_FLAGS: readonly string[] = ['--max-semi-space-size=1', '--no-memory-reducer'];
