import { commandSubject } from '@fleetbook/contracts';
import type { TraceMachine } from '../openb/read-trace.ts';
import { leastRequest, type Message, ORIGIN_TEXT } from './message.ts';

/** The commands of one cold move, each of them one event. */
const STEPS = ['claimed', 'prepared', 'running', 'switched', 'finished', 'confirmed'] as const;

/** One command of a move. */
export interface MoveStep {
  readonly message: Message;
  /** To be called when it is accepted: the next step of its instance may follow. */
  readonly onAccepted: () => void;
}

/** Cold moves without end: each instance goes from one machine to another one and back, step by step. */
export interface MoveSource {
  /** What makes the instances: all of the first list is to be accepted before the second one is sent. */
  readonly preparation: readonly (readonly Message[])[];
  /** The next step of an instance that waits for no answer. Throws when all of them do. */
  step(): MoveStep;
}

export interface MoveSourceOptions {
  readonly cell: string;
  readonly machines: readonly TraceMachine[];
  /** The agent that all machines belong to. */
  readonly agent: string;
  readonly instances: number;
  /** Begins every command and instance id; unique to this source. */
  readonly prefix: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** An instance on its way. */
interface Traveller {
  readonly instance: string;
  readonly request: string;
  claimId: string;
  moveId: string;
  from: string;
  to: string;
  /** Index of its next command. */
  next: number;
}

/** From one machine to the next one of the same kind, so that every machine of a pair can hold the instance. */
const travellersOf = ({ machines, instances, prefix }: MoveSourceOptions): readonly Traveller[] => {
  const plain = machines.filter(({ gpuCount }) => gpuCount === 0);
  const kinds = [machines.filter(({ gpuCount }) => gpuCount > 0), plain].filter(({ length }) => length > 0);
  return Array.from({ length: instances }, (_, number): Traveller => {
    const kind = kinds[number % kinds.length] ?? [];
    const [from, to] = [kind[number % kind.length], kind[(number + 1) % kind.length]];
    if (from === undefined || to === undefined) {
      throw new Error('there is no machine to move from');
    }
    const instance = `${prefix}moving-${number}`;
    const request = JSON.stringify(leastRequest(from));
    return { instance, request, claimId: `${instance}-claim`, moveId: '', from: from.id, to: to.id, next: 0 };
  });
};

export const createMoveSource = (options: MoveSourceOptions): MoveSource => {
  const { cell, agent, prefix, now } = options;
  const subjectOf = (command: 'ClaimInstance' | 'ConfirmClaim' | 'ClaimMove' | 'AdvanceMove' | 'ConfirmMove'): string =>
    commandSubject(cell, 'agent', agent, command);
  const moveSubjects = STEPS.map((state) =>
    subjectOf(state === 'claimed' ? 'ClaimMove' : state === 'confirmed' ? 'ConfirmMove' : 'AdvanceMove'),
  );
  const travellers = travellersOf(options);
  const ready = [...travellers];
  let given = 0;

  const bodyOf = (commandId: string, fields: string): string =>
    `{"commandId":"${commandId}","issuedAt":${now()},"origin":${ORIGIN_TEXT},${fields}}`;

  const fieldsOf = ({ instance, claimId, moveId, from, to, next }: Traveller): string => {
    const state = STEPS[next];
    if (state === 'claimed') {
      return `"kind":"cold","instance":"${instance}","source":"${from}","claimId":"${claimId}","destination":"${to}"`;
    }
    const named = `"instance":"${instance}","moveId":"${moveId}"`;
    return state === 'confirmed' ? named : `${named},"to":"${state}"`;
  };

  const arrive = (traveller: Traveller): void => {
    const { from, to, moveId } = traveller;
    Object.assign(traveller, { claimId: moveId, from: to, to: from, next: 0 });
  };

  return {
    preparation: [
      travellers.map(({ instance, claimId, from, request }) => ({
        subject: subjectOf('ClaimInstance'),
        body: bodyOf(claimId, `"node":"${from}","instance":"${instance}","request":${request}`),
      })),
      travellers.map(({ instance, claimId, from }) => ({
        subject: subjectOf('ConfirmClaim'),
        body: bodyOf(`${claimId}-confirmed`, `"node":"${from}","instance":"${instance}","claimId":"${claimId}"`),
      })),
    ],
    step: () => {
      const traveller = ready.pop();
      if (traveller === undefined) {
        throw new Error('every instance waits for an answer');
      }
      const commandId = `${prefix}move-${given}`;
      given += 1;
      if (traveller.next === 0) {
        traveller.moveId = commandId;
      }
      const body = bodyOf(commandId, fieldsOf(traveller));
      const message = { subject: moveSubjects[traveller.next] ?? '', body };
      traveller.next += 1;
      return {
        message,
        onAccepted: () => {
          if (traveller.next === STEPS.length) {
            arrive(traveller);
          }
          ready.push(traveller);
        },
      };
    },
  };
};
