/** Random histories, for property tests of whatever reads them. */
export { LIFE_INSTANCES, lifeSteps } from './random-history.ts';
export { type FreeStep, writeHistory } from './random-steps.ts';
