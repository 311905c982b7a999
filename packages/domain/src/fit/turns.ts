/** Work that yields between its turns, so that whoever does it can let others go first. */
export type Turns<Result> = Generator<undefined, Result>;

/** The result of work that nobody interrupts. */
export const resultOfTurns = <Result>(turns: Turns<Result>): Result => {
  let turn = turns.next();
  while (turn.done !== true) turn = turns.next();
  return turn.value;
};
