import type { Logger, Timers } from '@fleetbook/operations';

export interface StandInOptions {
  /** Whether a replica other than this one answers from a state that is up to date. */
  readonly isAnybodyWell: () => Promise<boolean>;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly onChange: () => void;
}

/**
 * A replica that is not up to date leaves the questions to those that are. Where nobody is, it takes them all the same,
 * and says what its answers are worth.
 */
export interface StandIn {
  /** Nobody else is up to date. */
  readonly isNeeded: boolean;
  /** Somebody else is. Neither holds until the others have been asked. */
  readonly isReplaced: boolean;
  /** To be called with every status: whether this replica has a sound state that is not up to date. */
  note(isOutdated: boolean): void;
  stop(): void;
}

const LOOK_INTERVAL_MS = 1_000;

export function createStandIn({ isAnybodyWell, timers, logger, onChange }: StandInOptions): StandIn {
  let isAlone: boolean | undefined;
  let isOutdated = false;
  let isLooking = false;
  let cancel = (): void => undefined;

  async function look(): Promise<void> {
    isLooking = true;
    try {
      while (isOutdated) {
        const isNobodyWell = !(await isAnybodyWell());
        if (isOutdated && isAlone !== isNobodyWell) {
          isAlone = isNobodyWell;
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
      return isAlone === true;
    },
    get isReplaced() {
      return isAlone === false;
    },
    note(now) {
      isOutdated = now;
      if (!isOutdated) {
        isAlone = undefined;
      } else if (!isLooking) {
        void look();
      }
    },
    stop() {
      isOutdated = false;
      isAlone = undefined;
      cancel();
    },
  };
}
