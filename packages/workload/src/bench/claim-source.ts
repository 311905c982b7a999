import { commandSubject, type SenderRole } from '@fleetbook/contracts';
import type { TraceMachine } from '../openb/read-trace.ts';
import { seededRandom } from '../seeded-random.ts';
import { leastRequest, type Message, ORIGIN_TEXT } from './message.ts';

/** Claims without end, each of a new instance and with a new command id. */
export interface ClaimSource {
  /** One claim in a message of its own. */
  single(): Message;
  batch(count: number): Message;
}

export interface ClaimSourceOptions {
  readonly cell: string;
  readonly machines: readonly TraceMachine[];
  /** Begins every command and instance id; unique to this source. */
  readonly prefix: string;
  readonly seed: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

const SCHEDULERS = 64;
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
export const createClaimSource = ({ cell, machines, prefix, seed, now }: ClaimSourceOptions): ClaimSource => {
  const templates = shuffled(machines, seed).map((machine) => ({
    head: `,"origin":${ORIGIN_TEXT},"node":"${machine.id}","instance":"`,
    tail: `","request":${JSON.stringify(leastRequest(machine))}}`,
  }));
  const actors = Array.from({ length: SCHEDULERS }, (_, number) => `scheduler-${number}`);
  const singleSubjects = actors.map((actor) => commandSubject(cell, ROLE, actor, 'ClaimInstance'));
  const batchSubjects = actors.map((actor) => commandSubject(cell, ROLE, actor, 'Batch'));
  let given = 0;

  const subjectOf = (subjects: readonly string[]): string => subjects[given % SCHEDULERS] ?? '';
  const fields = (issuedAt: number): string => {
    const template = templates[given % templates.length];
    if (template === undefined) {
      throw new Error('there is no machine to claim on');
    }
    const id = prefix + String(given).padStart(NUMBER_DIGITS, '0');
    given += 1;
    return `"commandId":"${id}","issuedAt":${issuedAt}${template.head}i-${id}${template.tail}`;
  };

  return {
    single: () => ({ subject: subjectOf(singleSubjects), body: `{${fields(now())}` }),
    batch: (count) => {
      const subject = subjectOf(batchSubjects);
      const issuedAt = now();
      let body = '{"commands":[';
      for (let place = 0; place < count; place += 1) {
        body += `${place === 0 ? '' : ','}{"type":"ClaimInstance",${fields(issuedAt)}`;
      }
      return { subject, body: `${body}]}` };
    },
  };
};
