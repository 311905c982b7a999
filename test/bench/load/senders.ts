import { querySubject } from '@fleetbook/contracts';
import type { Bus } from '@fleetbook/messaging';
import { createLatencies, type Latencies } from '@fleetbook/workload';
import type { ClaimSource, Message, Send } from '@fleetbook/workload/bench';
import type { Generator } from './generator.ts';
import { acceptedIn, isAccepted, sendTo } from './replies.ts';
import { ECHO_SUBJECT, type Traffic } from './tasks.ts';

/** Instances that live at any time while claims and drops take turns, besides those that were there before. */
const CHURNED_INSTANCES = 10_000;

/** How one request of a kind is sent, over and over. */
export function senderOf(from: Generator, traffic: Traffic, batch: number): Send {
  const { bus, cell, claims, echoes } = from;
  const nextOf = (source: ClaimSource) => () => (batch === 1 ? source.single() : source.batch(batch));
  switch (traffic) {
    case 'claims':
      return commandSender(from, nextOf(claims), batch);
    case 'churn':
      return stepSender(bus, () => claims.churn(CHURNED_INSTANCES));
    case 'echo': {
      const next = nextOf(echoes);
      return (onDone) => {
        const { body } = next();
        sendTo(bus, ECHO_SUBJECT, body, (payload) => payload.length === body.length, onDone);
      };
    }
    case 'sdk':
      return sdkSender(from);
    case 'moves':
      return stepSender(bus, nextMove(from));
    case 'candidates':
      return questionSender(from, querySubject(cell, 'candidates'), from.questions);
    case 'adversarial':
      return questionSender(from, querySubject(cell, 'candidates'), from.adversarialQuestions);
    case 'selective':
      return questionSender(from, querySubject(cell, 'candidates'), from.selectiveQuestions);
  }
}

function commandSender({ bus }: Generator, next: () => Message, count: number): Send {
  return (onDone) => {
    const { subject, body } = next();
    sendTo(bus, subject, body, (payload) => acceptedIn(payload) === count, onDone);
  };
}

/** As a program does that uses the SDK: a promise for each claim, its reply read and judged. */
function sdkSender({ claims, clients }: Generator): Send {
  return (onDone) => {
    const { scheduler, commandId, fields } = claims.plain();
    clients[scheduler]?.send('ClaimInstance', fields, { commandId }).then(
      (reply) => onDone(reply.outcome === 'accepted' ? undefined : JSON.stringify(reply)),
      (error: unknown) => onDone(String(error)),
    );
  };
}

/**
 * Claims, and asks for what was claimed as soon as the claim is answered. `lags` are the times from the one answer to
 * the other: the projector has folded the claim by then, or it would have waited.
 */
export function readerOfOwnClaims({ claims, clients }: Generator): { readonly send: Send; readonly lags: Latencies } {
  const lags = createLatencies();
  const claimAndAsk = async (): Promise<string | undefined> => {
    const { scheduler, commandId, fields } = claims.plain();
    const client = clients[scheduler];
    const claimed = await client?.send('ClaimInstance', fields, { commandId });
    const answeredMs = performance.now();
    const asked = await client?.ask('instance', { instance: fields.instance });
    lags.add(performance.now() - answeredMs);
    return claimed?.outcome === 'accepted' && asked?.outcome === 'answer'
      ? undefined
      : JSON.stringify([claimed, asked]);
  };
  const send: Send = (onDone) => void claimAndAsk().then(onDone, (error: unknown) => onDone(String(error)));
  return { send, lags };
}

interface Step {
  readonly message: Message;
  readonly onAccepted: () => void;
}

function nextMove({ moves }: Generator): () => Step {
  if (moves === undefined) {
    throw new Error('the moves are not set up');
  }
  return () => moves.step();
}

function stepSender(bus: Bus, next: () => Step): Send {
  return (onDone) => {
    const { message, onAccepted } = next();
    sendTo(bus, message.subject, message.body, isAccepted, (failure) => {
      if (failure === undefined) {
        onAccepted();
      }
      onDone(failure);
    });
  };
}

function questionSender({ bus }: Generator, subject: string, questions: readonly Uint8Array[]): Send {
  let asked = 0;
  return (onDone) => {
    const question = questions[asked % questions.length] ?? '';
    asked += 1;
    sendTo(bus, subject, question, (payload) => payload.includes('"outcome":"answer"'), onDone);
  };
}
