import { commandSubject, type SenderRole } from '@fleetbook/contracts';
import type { ResourceRequest } from '@fleetbook/domain';
import type { TraceMachine } from '../openb/read-trace.ts';
import { seededRandom } from '../seeded-random.ts';
import { leastRequest, type Message, ORIGIN_TEXT } from './message.ts';

/** Claims without end, each of a new instance and with a new command id. */
export interface ClaimSource {
  /** One claim in a message of its own. */
  single(): Message;
  batch(count: number): Message;
  /** A claim, or the drop of the oldest one that was accepted once there are more than so many: as many stay. */
  churn(kept: number): ChurnStep;
  /** Claims given since the last call: whoever wants the fleet as it was drops those that are still there. */
  undropped(): readonly Claimed[];
  /** Number of claims that \`undropped\` would give. */
  readonly undroppedCount: number;
  /** One claim as a program that uses the SDK states it. */
  plain(): PlainClaim;
}

export interface ChurnStep {
  readonly message: Message;
  /** To be called when it is accepted. */
  readonly onAccepted: () => void;
}

export interface Claimed {
  readonly node: string;
  readonly instance: string;
  readonly claimId: string;
}

export interface PlainClaim {
  /** Number of its scheduler, 0 to 63. */
  readonly scheduler: number;
  readonly commandId: string;
  readonly fields: { readonly node: string; readonly instance: string; readonly request: ResourceRequest };
}

export interface ClaimSourceOptions {
  readonly cell: string;
  readonly machines: readonly TraceMachine[];
  /** Begins every command and instance id; unique to this source. */
  readonly prefix: string;
  readonly seed: number;
  /** The agent that all machines belong to. */
  readonly agent: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

export const SCHEDULERS = 64;
const ROLE: SenderRole = 'scheduler';
const NUMBER_DIGITS = 10;

const shuffled = <Item>(items: readonly Item[], seed: number): readonly Item[] => {
  const random = seededRandom(seed);
  return items
    .map((item) => ({ item, place: random.next() }))
    .sort((left, right) => left.place - right.place)
    .map(({ item }) => item);
};

/** Whatever of a claim is known ahead is text made ahead: the generator must not be what is measured. */
const templatesOf = ({ machines, seed }: ClaimSourceOptions) =>
  shuffled(machines, seed).map((machine) => {
    const request = leastRequest(machine);
    return {
      ...{ node: machine.id, request },
      head: `,"origin":${ORIGIN_TEXT},"node":"${machine.id}","instance":"`,
      tail: `","request":${JSON.stringify(request)}}`,
    };
  });

export const createClaimSource = (options: ClaimSourceOptions): ClaimSource => {
  const { cell, prefix, agent, now } = options;
  const templates = templatesOf(options);
  const actors = Array.from({ length: SCHEDULERS }, (_, number) => `scheduler-${number}`);
  const singleSubjects = actors.map((actor) => commandSubject(cell, ROLE, actor, 'ClaimInstance'));
  const batchSubjects = actors.map((actor) => commandSubject(cell, ROLE, actor, 'Batch'));
  const dropSubject = commandSubject(cell, 'agent', agent, 'DropInstance');
  const kept: Claimed[] = [];
  let given = 0;
  let cleared = 0;

  const subjectOf = (subjects: readonly string[]): string => subjects[given % SCHEDULERS] ?? '';
  const templateOf = (number: number) => {
    const template = templates[number % templates.length];
    if (template === undefined) {
      throw new Error('there is no machine to claim on');
    }
    return template;
  };
  const claimedAs = (number: number): Claimed => {
    const claimId = prefix + String(number).padStart(NUMBER_DIGITS, '0');
    return { node: templateOf(number).node, instance: `i-${claimId}`, claimId };
  };
  const fields = (issuedAt: number): string => {
    const template = templateOf(given);
    const id = prefix + String(given).padStart(NUMBER_DIGITS, '0');
    given += 1;
    return `"commandId":"${id}","issuedAt":${issuedAt}${template.head}i-${id}${template.tail}`;
  };
  const single = (): Message => ({ subject: subjectOf(singleSubjects), body: `{${fields(now())}` });
  const dropOf = ({ claimId, node, instance }: Claimed): Message => {
    const head = `{"commandId":"${claimId}-drop","issuedAt":${now()},"origin":${ORIGIN_TEXT}`;
    const body = `${head},"node":"${node}","instance":"${instance}","claimId":"${claimId}"}`;
    return { subject: dropSubject, body };
  };

  return {
    single,
    batch: (count) => {
      const subject = subjectOf(batchSubjects);
      const issuedAt = now();
      const claims = Array.from({ length: count }, () => `{"type":"ClaimInstance",${fields(issuedAt)}`);
      return { subject, body: `{"commands":[${claims.join(',')}]}` };
    },
    churn: (count) => {
      const oldest = kept.length > count ? kept.shift() : undefined;
      if (oldest !== undefined) {
        return { message: dropOf(oldest), onAccepted: () => undefined };
      }
      const claimed = claimedAs(given);
      return { message: single(), onAccepted: () => void kept.push(claimed) };
    },
    get undroppedCount() {
      return given - cleared;
    },
    undropped: () => {
      const first = cleared;
      cleared = given;
      return Array.from({ length: given - first }, (_, place) => claimedAs(first + place));
    },
    plain: () => {
      const scheduler = given % SCHEDULERS;
      const { node, instance, claimId: commandId } = claimedAs(given);
      const { request } = templateOf(given);
      given += 1;
      return { scheduler, commandId, fields: { node, instance, request } };
    },
  };
};
