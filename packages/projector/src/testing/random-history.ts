import {
  type Actor,
  ADVANCED_STATES,
  type BatchPart,
  type ClaimMove,
  type Command,
  dueDecisions,
  type HeldRecord,
  type Ledger,
  MOVE_KINDS,
  MOVE_TABLES,
  type Move,
} from '@fleetbook/domain';
import fc from 'fast-check';
import { agentOf, OPERATOR, ORIGIN_OF_TESTS, SCHEDULER, SMALL } from './fleet.ts';
import type { HistoryWriter } from './history-writer.ts';
import { commandOf, type FreeStep, type Step } from './random-steps.ts';

/** Those that `writeHistory` begins with. */
const NODES = ['a', 'b', 'cc'] as const;

/** Ended ones are not claimed again, so that there have to be some more of them. */
export const LIFE_INSTANCES = Array.from({ length: 16 }, (_unused, index) => `i${index}`);

const node = fc.constantFrom(...NODES);
const instance = fc.constantFrom(...LIFE_INSTANCES);
const origin = ORIGIN_OF_TESTS;

function sends(draw: (ledger: Ledger, writer: HistoryWriter) => readonly [Actor, Command] | undefined): FreeStep {
  return (writer) => {
    const sent = draw(writer.ledger, writer);
    if (sent !== undefined) {
      writer.decide(...sent);
    }
  };
}

function heldOf(ledger: Ledger, id: string): HeldRecord | undefined {
  const found = ledger.instances.get(id);
  return found?.status === 'held' ? found : undefined;
}

/** One of the three newest moves. */
function pickMove(ledger: Ledger, pick: number): Move | undefined {
  const moves = Array.from(ledger.moves.values());
  return moves[moves.length - 1 - (pick % Math.min(3, moves.length))];
}

const claim = fc
  .record({ instance, node, ttlMs: fc.constantFrom(undefined, 2_000, 90_000), isConfirmed: fc.boolean() })
  .map(
    ({ isConfirmed, ttlMs, ...place }): FreeStep =>
      (writer) => {
        const lasting = ttlMs === undefined ? {} : { ttlMs };
        const alternates = NODES.filter((id) => id !== place.node);
        const asked = { ...place, tenant: `t-${place.instance}`, request: SMALL, ...lasting, alternates };
        writer.decide(SCHEDULER, { type: 'ClaimInstance', origin, ...asked });
        const found = heldOf(writer.ledger, place.instance);
        if (isConfirmed && found !== undefined) {
          writer.decide(agentOf(found.claim.node), named('ConfirmClaim', found));
        }
      },
  );

const confirm = instance.map((id) =>
  sends((ledger) => {
    const found = heldOf(ledger, id);
    return found && [agentOf(found.claim.node), named('ConfirmClaim', found)];
  }),
);

function named(
  type: 'ConfirmClaim' | 'AbortClaim' | 'DropInstance' | 'ShelveOffload',
  { id, claim: held }: HeldRecord,
) {
  return { type, origin, node: held.node, instance: id, claimId: held.claimId } as const;
}

const release = fc
  .tuple(instance, fc.constantFrom('DropInstance', 'ShelveOffload', 'AbortClaim'), fc.nat(2))
  .map(([id, type, by]) =>
    sends((ledger) => {
      const found = heldOf(ledger, id);
      return found && [[agentOf(found.claim.node), SCHEDULER, OPERATOR][by] ?? OPERATOR, named(type, found)];
    }),
  );

/** Instances that can be moved, offloaded ones included. */
function movable(ledger: Ledger): readonly string[] {
  return Array.from(ledger.instances).flatMap(([id, each]) => {
    const isFree = each.status !== 'ended' && each.moveId === undefined;
    return isFree && (each.status === 'offloaded' || each.claim.status === 'confirmed') ? [id] : [];
  });
}

const claimMove = fc
  .record({
    pick: fc.nat(20),
    kind: fc.constantFrom(...MOVE_KINDS),
    destination: node,
    replace: fc.boolean(),
    cpus: fc.nat(4),
  })
  .map(({ pick, kind, destination, replace, cpus }) =>
    sends((ledger): readonly [Actor, ClaimMove] | undefined => {
      const ids = movable(ledger);
      const id = ids[pick % ids.length];
      if (id === undefined) {
        return undefined;
      }
      const request = { resources: { VCPU: 1 + cpus } };
      const ask = { type: 'ClaimMove', origin, instance: id, destination, request } as const;
      const found = heldOf(ledger, id);
      if (found === undefined) {
        return [SCHEDULER, { ...ask, kind: 'unshelve' }];
      }
      const { node: source, claimId } = found.claim;
      const isDown = ledger.nodes.get(source)?.status.kind === 'down';
      const place = { source, claimId, replace: replace && source === destination };
      return [SCHEDULER, { ...ask, kind: isDown ? 'evacuation' : kind, ...place }];
    }),
  );

const advance = fc.nat(5).map((pick) =>
  sends((ledger) => {
    const move = pickMove(ledger, pick);
    const next = move && MOVE_TABLES[move.kind][move.state].AdvanceMove;
    const to = next?.kind === 'reach' ? ADVANCED_STATES.find((state) => state === next.state) : undefined;
    return move && to && [agentOf(move.destination), { type: 'AdvanceMove', origin, ...ofMove(move), to }];
  }),
);

function ofMove({ id, instance: moved }: Move) {
  return { instance: moved, moveId: id };
}

const closeMove = fc
  .tuple(fc.nat(5), fc.constantFrom('ConfirmMove', 'RevertMove', 'CancelMove', 'FailMove', 'DropMoveClaim'), fc.nat(2))
  .map(([pick, type, by]) =>
    sends((ledger) => {
      const move = pickMove(ledger, pick);
      if (move === undefined) {
        return undefined;
      }
      const sender = [SCHEDULER, agentOf(move.other?.node ?? move.destination), agentOf(move.destination)][by];
      return [sender ?? SCHEDULER, closing(type, move)];
    }),
  );

function closing(
  type: 'ConfirmMove' | 'RevertMove' | 'CancelMove' | 'FailMove' | 'DropMoveClaim',
  move: Move,
): Command {
  switch (type) {
    case 'FailMove':
      return { type, origin, ...ofMove(move), reason: 'test' };
    case 'DropMoveClaim':
      return { type, origin, ...ofMove(move), side: move.otherSide, state: move.state };
    default:
      return { type, origin, ...ofMove(move) };
  }
}

const rebuild = fc
  .tuple(instance, fc.integer({ min: 1, max: 4 }), fc.constantFrom('before', 'after'))
  .map(([id, cpus, stage]) =>
    sends((ledger) => {
      const found = heldOf(ledger, id);
      const request = { resources: { VCPU: cpus } };
      return (
        found && [
          agentOf(found.claim.node),
          { ...named('DropInstance', found), type: 'RebuildInstance', stage, request },
        ]
      );
    }),
  );

const force = fc.tuple(instance, fc.nat(5), fc.boolean()).map(([id, pick, isSide]) =>
  sends((ledger) => {
    const found = heldOf(ledger, id);
    const move = pickMove(ledger, pick);
    const base = { type: 'ForceDrop', origin, reason: 'test' } as const;
    if (isSide && move?.other !== undefined) {
      return [OPERATOR, { ...base, node: move.other.node, ...ofMove(move) }];
    }
    return found && [OPERATOR, { ...base, node: found.claim.node, instance: id, claimId: found.claim.claimId }];
  }),
);

const adopt = fc.tuple(node, instance, fc.integer({ min: 1, max: 60 })).map(([id, adopted, amount]) =>
  sends(() => {
    const charge = [{ provider: `${id}.root`, class: 'VCPU', amount }];
    return [OPERATOR, { type: 'AdoptInstance', origin, node: id, instance: adopted, tenant: `t-${adopted}`, charge }];
  }),
);

const status = fc
  .tuple(node, fc.constantFrom('disable', 'down', 'fence', 'enable', 'enable', 'enable', 'enable'))
  .map(([id, what]) =>
    sends((): readonly [Actor, Command] => {
      switch (what) {
        case 'enable':
          return [OPERATOR, { type: 'EnableNode', origin, node: id }];
        case 'disable':
          return [OPERATOR, { type: 'DisableNode', origin, node: id, reason: 'test' }];
        case 'down':
        case 'fence':
          return [OPERATOR, { type: 'MarkNodeDown', origin, node: id, reason: 'test', fenced: what === 'fence' }];
      }
    }),
  );

/** One node only, or soon none would be left. */
const retire = fc.constant(sends(() => [OPERATOR, { type: 'RetireNode', origin, node: NODES[2] }]));

const fail = fc.tuple(node, fc.boolean()).map(
  ([id, isFailure]): FreeStep =>
    (writer) => {
      const result = isFailure ? 'failed' : 'succeeded';
      for (let count = 0; count < 6; count += 1) {
        writer.decide(agentOf(id), { type: 'ReportBuildResult', origin, node: id, instance: 'i1', result });
      }
    },
);

const say = fc
  .record({
    id: instance,
    vm: fc.constantFrom('active', 'building'),
    task: fc.constantFrom(undefined, 'rebuilding', 'spawning'),
    osType: fc.constantFrom(undefined, 'linux'),
  })
  .map(({ id, vm, task, osType }) =>
    sends((ledger) => {
      const found = heldOf(ledger, id);
      const state = { vm, ...(task && { task }), ...(osType && { osType }) };
      return (
        found && [agentOf(found.claim.node), { ...named('ConfirmClaim', found), type: 'ReportInstanceState', state }]
      );
    }),
  );

const audit = fc
  .record({ id: node, listed: fc.subarray(LIFE_INSTANCES), complete: fc.boolean() })
  .map(({ id, listed, complete }) =>
    sends((ledger, writer) => {
      const guests = listed.map((guest) => ({ instance: guest }));
      const incarnation = ledger.nodes.get(id)?.incarnation ?? 1;
      const takenAt = writer.number;
      return [agentOf(id), { type: 'ReportGuests', origin, node: id, incarnation, complete, takenAt, guests }];
    }),
  );

const driftPolicy = fc
  .tuple(node, fc.constantFrom('observe', 'heal-safe', 'heal-all'))
  .map(([id, policy]) => sends(() => [OPERATOR, { type: 'SetDriftPolicy', origin, node: id, policy }]));

const overlay = fc.tuple(node, fc.constantFrom('root', 'gpu0', 'gpu9')).map(([id, place]) =>
  sends(() => {
    const targets = [{ provider: `${id}.${place}`, inventories: [{ class: 'CUSTOM_A', total: 4 }] }];
    return [OPERATOR, { type: 'SetOverlay', origin, node: id, targets }];
  }),
);

const unsupported = node.map((id) =>
  sends((ledger) => {
    const found = ledger.nodes.get(id);
    const sequence =
      found !== undefined && 'sequence' in found.inventoryStatus ? found.inventoryStatus.sequence + 1 : 1;
    const report = { node: id, incarnation: found?.incarnation ?? 1, sequence, reason: 'no driver' };
    return [agentOf(id), { type: 'ReportInventory', origin, mode: 'unsupported', ...report }];
  }),
);

/** The next report in order, the one before again, or one that comes too late. */
const report = fc.tuple(node, fc.nat(3), fc.nat(3)).map(
  ([id, gpus, ahead]): FreeStep =>
    (writer) => {
      const known = writer.ledger.nodes.get(id)?.inventoryStatus;
      const last = known !== undefined && 'sequence' in known ? known.sequence : 0;
      const next: Step = { do: 'report', node: id, gpus, isFast: ahead > 1 };
      writer.decide(...commandOf(next, writer, Math.max(1, last + ahead)));
    },
);

const restart = fc.tuple(node, fc.nat(50)).map(
  ([id, boot]): FreeStep =>
    (writer) => {
      writer.decide(...commandOf({ do: 'register', node: id, boot }, writer, 1));
    },
);

const exchange = fc.tuple(instance, instance).map(([leaving, coming]) =>
  sends((ledger) => {
    const found = heldOf(ledger, leaving);
    if (found === undefined) {
      return undefined;
    }
    const { node: place } = found.claim;
    const drop: BatchPart = named('DropInstance', found);
    const enter: BatchPart = { type: 'ClaimInstance', origin, node: place, instance: coming, request: SMALL };
    return [agentOf(place), { type: 'AtomicBatch', origin, commands: [drop, enter] }];
  }),
);

const timePasses = fc.constantFrom(1_000, 70_000).map(
  (timeMs): FreeStep =>
    (writer) => {
      writer.pass(timeMs);
      writer.record(dueDecisions(writer.ledger, writer.now(), 0));
    },
);

/** Claims, moves of every kind, releases with and without the right, audits, settings and the writer's own timer. */
export const lifeSteps: fc.Arbitrary<readonly FreeStep[]> = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: claim },
    { weight: 8, arbitrary: confirm },
    { weight: 4, arbitrary: release },
    { weight: 12, arbitrary: claimMove },
    { weight: 24, arbitrary: advance },
    { weight: 6, arbitrary: closeMove },
    { weight: 3, arbitrary: rebuild },
    { weight: 2, arbitrary: force },
    { weight: 2, arbitrary: adopt },
    { weight: 4, arbitrary: status },
    { weight: 1, arbitrary: retire },
    { weight: 2, arbitrary: restart },
    { weight: 3, arbitrary: report },
    { weight: 2, arbitrary: fail },
    { weight: 3, arbitrary: say },
    { weight: 3, arbitrary: audit },
    { weight: 1, arbitrary: driftPolicy },
    { weight: 2, arbitrary: overlay },
    { weight: 1, arbitrary: unsupported },
    { weight: 2, arbitrary: exchange },
    { weight: 2, arbitrary: timePasses },
  ),
  { minLength: 60, maxLength: 200, size: 'max' },
);
