import { encodeBatchReply, encodeCommandReply, errorReply, fleetbookError } from '@fleetbook/contracts';
import type { CommandMessage, DecidedEvent } from '@fleetbook/domain';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { draftDecision } from './draft-decision.ts';
import { recordedReply, replyTo } from './replies.ts';

const HISTORY_ID = '0194f0e0-0000-7000-8000-000000000000';

const text = fc.string({ unit: 'binary', maxLength: 20 });
const charge = fc.array(
  fc.record(
    { provider: text, class: text, amount: fc.nat(), units: fc.array(text) },
    { requiredKeys: ['provider', 'class', 'amount'], noNullPrototype: true },
  ),
);
const claims = fc.record({ commandId: text, instance: text, node: text, at: fc.nat(), number: fc.nat(), charge });
const passedOver = fc.option(fc.array(fc.record({ node: text, code: fc.constant('NODE_DISABLED' as const) })), {
  nil: undefined,
});

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

it('answers a claim from the text of its event as it is answered from the event, byte for byte', () => {
  fc.assert(
    fc.property(claims, passedOver, ({ commandId, instance, node, at, number, charge: lines }, passed) => {
      const origin = { client: 'test', version: '1', host: 'here' };
      const command = { type: 'ClaimInstance', origin, node, instance, request: { resources: { CPU: 1 } } } as const;
      const message: CommandMessage = { commandId, issuedAt: at, actor: { role: 'scheduler', id: 's' }, command };
      const data = { node, charge: lines, ...(passed === undefined ? {} : { passedOver: passed }) };
      const claimed: DecidedEvent = { type: 'InstanceClaimed', schemaVersion: 1, data };
      const draft = draftDecision(message, [claimed], number, at);
      const written = replyTo(HISTORY_ID, { ...draft, holdings: undefined });
      const plain = recordedReply(HISTORY_ID, draft.events, undefined);
      expect(written).toHaveProperty('text');
      expect(textOf(encodeCommandReply(written))).toBe(JSON.stringify(plain));
      const error = errorReply(fleetbookError('INTERNAL_ERROR'));
      expect(textOf(encodeBatchReply([written, error, plain]))).toBe(
        JSON.stringify({ outcomes: [plain, error, plain] }),
      );
    }),
  );
});
