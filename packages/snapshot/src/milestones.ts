/** Events between two milestones: places where every fold of a log can be compared with every other. */
export const MILESTONE_EVENTS = 65_536;

/** Whether a fold that stood at event `before` and stands at event `after` has come to a milestone, or past one. */
export function passesMilestone(before: number, after: number, strideEvents = MILESTONE_EVENTS): boolean {
  return Math.floor(after / strideEvents) > Math.floor(before / strideEvents);
}
