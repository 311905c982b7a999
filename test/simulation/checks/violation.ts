/** A rule that the run has broken. */
export class Violation extends Error {
  /** Names the rule: the same text for every way to break it. */
  readonly rule: string;

  constructor(rule: string, message: string) {
    super(`${rule}: ${message}`);
    this.name = 'Violation';
    this.rule = rule;
  }
}

export function hold(rule: string, isHeld: boolean, message: () => string): asserts isHeld {
  if (!isHeld) {
    throw new Violation(rule, message());
  }
}
