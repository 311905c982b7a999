import type { Turns } from '@fleetbook/domain';

/** The result of work in turns, at once when it takes one turn; `pause` is asked between them. */
export function takeTurns<Result>(
  turns: Turns<Result>,
  pause: () => Promise<void> | undefined,
): Result | Promise<Result> {
  const first = turns.next();
  return first.done === true ? first.value : takeFurtherTurns(turns, pause);
}

async function takeFurtherTurns<Result>(turns: Turns<Result>, pause: () => Promise<void> | undefined): Promise<Result> {
  for (;;) {
    const paused = pause();
    if (paused !== undefined) {
      await paused;
    }
    const turn = turns.next();
    if (turn.done === true) {
      return turn.value;
    }
  }
}
