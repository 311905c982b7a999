import type { Plan } from './plan.ts';

/** Whether a plan still breaks the same rule. */
export type Fails = (plan: Plan) => Promise<boolean>;

/** Leaves out of a failing plan what it fails without: first faults, then steps. `runs` bounds the tries. */
export async function shrink(plan: Plan, fails: Fails, runs: number): Promise<Plan> {
  const budget = { left: runs };
  const faults = await fewest(plan.faults, (kept) => fails({ ...plan, faults: kept }), budget);
  const fewer = { ...plan, faults };
  const steps = await fewest(plan.steps, (kept) => fails({ ...fewer, steps: kept }), budget);
  return { ...fewer, steps };
}

/** Leaves out ever smaller parts, as long as what is left still fails. */
async function fewest<Item>(
  items: readonly Item[],
  stillFails: (kept: readonly Item[]) => Promise<boolean>,
  budget: { left: number },
): Promise<readonly Item[]> {
  let kept = items;
  for (let size = kept.length; size >= 1; size = Math.floor(size / 2)) {
    for (let start = Math.max(0, kept.length - size); start >= 0 && budget.left > 0; start -= size) {
      const without = [...kept.slice(0, start), ...kept.slice(start + size)];
      budget.left -= 1;
      if (without.length < kept.length && (await stillFails(without))) {
        kept = without;
      }
    }
  }
  return kept;
}
