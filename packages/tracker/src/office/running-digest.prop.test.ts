import {
  type AdvancedState,
  apply,
  type Command,
  decide,
  emptyLedger,
  InstanceTable,
  type Ledger,
  type MoveState,
} from '@fleetbook/domain';
import { recordHash } from '@fleetbook/event-log';
import { manualClock } from '@fleetbook/operations/testing';
import { ledgerDigest, type Pace, RunningDigest } from '@fleetbook/snapshot';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  command as asCommand,
  claimInstance,
  dropInstance,
  message,
  registerNode,
  reportInventory,
} from '../testing/commands.ts';

const NODES = 3;
const INSTANCES = 8;
const NEXT = new Map<MoveState, AdvancedState>([
  ['claimed', 'prepared'],
  ['prepared', 'running'],
  ['running', 'switched'],
]);

const command = fc
  .record({
    kind: fc.constantFrom('register', 'report', 'claim', 'claim', 'drop', 'move', 'advance', 'cancel'),
    node: fc.nat(NODES - 1),
    instance: fc.nat(INSTANCES - 1),
  })
  .map((asked) => ({ do: 'command' as const, ...asked }));

const step = fc.oneof(
  { weight: 6, arbitrary: command },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Pace[]>('urgent', 'at-leisure').map((pace) => ({ do: 'ask' as const, pace })),
  },
  { weight: 3, arbitrary: fc.constant({ do: 'work' as const }) },
);

function commandOf(
  ledger: Ledger,
  { kind, node, instance }: { kind: string; node: number; instance: number },
): Command {
  switch (kind) {
    case 'register':
      return registerNode(`n${node}`);
    case 'report':
      return reportInventory(`n${node}`, 5 + instance, instance + 1);
    case 'drop': {
      const held = ledger.instances.get(`i${instance}`);
      const claim = held?.status === 'held' ? held.claim : undefined;
      return dropInstance(claim?.node ?? '', `i${instance}`, claim?.claimId ?? '');
    }
    case 'claim':
      return claimInstance(`n${node}`, `i${instance}`);
    default:
      return moveCommandOf(ledger, kind, node, `i${instance}`);
  }
}

/** The next step of the instance's open move, if it has one, else what leads to one. */
function moveCommandOf(ledger: Ledger, kind: string, node: number, instance: string): Command {
  const held = ledger.instances.get(instance);
  if (held?.status !== 'held') {
    return claimInstance(`n${node}`, instance);
  }
  const { claimId, node: source, status } = held.claim;
  if (status === 'unconfirmed') {
    return asCommand({ type: 'ConfirmClaim', node: source, instance, claimId });
  }
  const move = held.moveId === undefined ? undefined : ledger.moves.get(held.moveId);
  if (move === undefined) {
    return asCommand({ type: 'ClaimMove', kind: 'cold', instance, source, claimId, destination: `n${node}` });
  }
  const named = { instance, moveId: move.id };
  const to = NEXT.get(move.state);
  if (to === undefined) {
    return asCommand({ type: 'ConfirmMove', ...named });
  }
  return asCommand(kind === 'cancel' ? { type: 'CancelMove', ...named } : { type: 'AdvanceMove', ...named, to });
}

/** A ledger with a digest whose every slice is over after `recordsPerSlice` records. */
class Run {
  readonly ledger = emptyLedger(new InstanceTable(0, recordHash, 2));
  readonly answers: { readonly expected: string; given: string | undefined }[] = [];
  readonly #clock = manualClock();
  readonly #soon: (() => void)[] = [];
  readonly #digest: RunningDigest;
  #number = 0;

  constructor(recordsPerSlice: number, limit: number) {
    const clock = {
      ...this.#clock,
      monotonicMs: () => {
        this.#clock.advance(1 / recordsPerSlice);
        return this.#clock.monotonicMs();
      },
    };
    const later = (task: () => void) => void this.#soon.push(task);
    const after = (_delayMs: number, task: () => void) => {
      later(task);
      return () => undefined;
    };
    const timers = { soon: later, after };
    this.#digest = new RunningDigest({ ledger: this.ledger, clock, timers, limit });
  }

  take(asked: Command): void {
    const at = 1_000;
    const sent = message(`c${this.#number}`, at, asked);
    const decision = decide(this.ledger, sent, { number: this.#number, at });
    const events = decision.kind === 'accepted' ? decision.events : [];
    for (const [index, event] of events.entries()) {
      this.#number += 1;
      const { commandId, actor } = sent;
      const envelope = { number: this.#number, at, commandId, index, count: events.length, actor };
      const caused = index === 0 ? { command: asked, commandHash: '', issuedAt: at } : {};
      this.#digest.note(apply(this.ledger, { ...envelope, ...caused, ...event }));
    }
  }

  ask(pace: Pace): void {
    const answer: { readonly expected: string; given: string | undefined } = {
      expected: ledgerDigest(this.ledger),
      given: undefined,
    };
    this.answers.push(answer);
    this.#digest.take((hex) => {
      expect(answer.given).toBeUndefined();
      answer.given = hex;
    }, pace);
  }

  /** One slice; false when nothing is left to do. */
  work(): boolean {
    const task = this.#soon.shift();
    task?.();
    return task !== undefined;
  }
}

describe('the digest of the inventory', () => {
  it('is that of a full computation at the moment of each question, whatever is decided while it is made', () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 10, maxLength: 60 }),
        fc.integer({ min: 1, max: 6 }),
        fc.constantFrom(3, 100),
        (steps, recordsPerSlice, limit) => {
          const run = new Run(recordsPerSlice, limit);
          for (let node = 0; node < NODES; node += 1) {
            run.take(registerNode(`n${node}`));
            run.take(reportInventory(`n${node}`, 5));
          }
          for (const one of steps) {
            if (one.do === 'command') {
              run.take(commandOf(run.ledger, one));
            } else if (one.do === 'ask') {
              run.ask(one.pace);
            } else {
              run.work();
            }
          }
          while (run.work()) {
            // Until every question is answered.
          }
          expect(run.answers.map(({ given }) => given)).toEqual(run.answers.map(({ expected }) => expected));
        },
      ),
    );
  });
});
