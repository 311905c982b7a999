import type { Logger, Timers } from '@fleetbook/operations';

export interface StandInOptions {
  /** Whether a replica other than this one answers from a state that is up to date. */
  readonly isAnybodyWell: () => Promise<boolean>;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly onChange: () => void;
}

/**
 * A replica that cannot fold an event leaves the questions to those that can. Where nobody can, it takes them all the
 * same, and says what its answers are worth.
 */
export interface StandIn {
  readonly isNeeded: boolean;
  /** To be called with every status: whether this replica has a sound state that it cannot bring up to date. */
  note(isStuck: boolean): void;
  stop(): void;
}

const LOOK_INTERVAL_MS = 1_000;

export function createStandIn({ isAnybodyWell, timers, logger, onChange }: StandInOptions): StandIn {
  let isNeeded = false;
  let isStuck = false;
  let isLooking = false;
  let cancel = (): void => undefined;

  async function look(): Promise<void> {
    isLooking = true;
    try {
      while (isStuck) {
        const isAlone = !(await isAnybodyWell());
        if (isStuck && isAlone !== isNeeded) {
          isNeeded = isAlone;
          onChange();
        }
        await new Promise<void>((resolve) => {
          cancel = timers.after(LOOK_INTERVAL_MS, resolve);
        });
      }
    } catch (err) {
      logger.error('the other replicas cannot be asked', { err });
    }
    isLooking = false;
  }

  return {
    get isNeeded() {
      return isStuck && isNeeded;
    },
    note(now) {
      isStuck = now;
      if (!isStuck) {
        isNeeded = false;
      } else if (!isLooking) {
        void look();
      }
    },
    stop() {
      isStuck = false;
      isNeeded = false;
      cancel();
    },
  };
}
