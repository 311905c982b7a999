import {
  type Actor,
  type CommandMessage,
  type InboxState,
  isRelease,
  MAX_PARKED,
  type ParkedMessage,
} from '@fleetbook/domain';

/** With this code a message is parked that waits for space: it is decided without anybody's word once there is some. */
export const PUT_OFF = 'STORAGE_LOW';

/** Each costs an event in a log that has little space left: beyond it, a message that must wait holds up all others. */
export const MOST_PUT_OFF = 256;

export const isPutOff = ({ code, isRetried }: ParkedMessage): boolean => code === PUT_OFF && isRetried !== true;

/**
 * Which of the parked messages is to be given up before one more is parked: the fold would let the oldest go, also one
 * that is still to be decided. Undefined where none has to be, or all are to be decided.
 */
export function givenUpBefore(sequence: number, { parked }: InboxState): number | undefined {
  const isToBeDecided = (message: ParkedMessage): boolean => message.isRetried === true || isPutOff(message);
  const isFull = parked.length >= MAX_PARKED && !parked.some((message) => message.sequence === sequence);
  const isOldestDue = parked.slice(0, 1).some(isToBeDecided);
  return isFull && isOldestDue ? parked.find((message) => !isToBeDecided(message))?.sequence : undefined;
}

/** What must stay in order with a message. */
interface Lane {
  readonly actor: Actor;
  /** Undefined where the command names none, or several. */
  readonly instance: string | undefined;
  readonly isRelease: boolean;
}

/** Who has put what waits for space, so that others can pass and the order of each actor is kept. */
export class PutOffLanes {
  readonly #lanes = new Map<number, Lane>();

  note(sequence: number, { actor, command }: CommandMessage): void {
    this.#lanes.set(sequence, { actor, instance: instanceOf(command), isRelease: isRelease(command) });
  }

  /** The first after `tried` that waits and may be decided, or of which it is not known yet whose it is. */
  next({ parked }: InboxState, tried: number): number | undefined {
    const waiting = parked.filter(isPutOff);
    return waiting.find(({ sequence }) => {
      const lane = this.#lanes.get(sequence);
      return sequence > tried && (lane === undefined || !this.#isBehind(lane, sequence, waiting));
    })?.sequence;
  }

  /**
   * Whether something that waits has to be decided before: all that an actor has put stays in its order, but that a
   * release passes what is of another instance.
   */
  isBlocked(sequence: number, { actor, command }: CommandMessage, { parked }: InboxState): boolean {
    const lane = { actor, instance: instanceOf(command), isRelease: isRelease(command) };
    return parked.length > 0 && this.#isBehind(lane, sequence, parked.filter(isPutOff));
  }

  #isBehind({ actor, instance, isRelease }: Lane, sequence: number, waiting: readonly ParkedMessage[]): boolean {
    return waiting.some((before) => {
      const lane = before.sequence < sequence ? this.#lanes.get(before.sequence) : undefined;
      const isOwn = lane?.actor.role === actor.role && lane.actor.id === actor.id;
      const isApart = instance !== undefined && lane?.instance !== undefined && lane.instance !== instance;
      return isOwn && !(isRelease && isApart);
    });
  }
}

function instanceOf(command: CommandMessage['command']): string | undefined {
  return 'instance' in command ? command.instance : undefined;
}
