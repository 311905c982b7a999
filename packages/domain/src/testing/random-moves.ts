import fc from 'fast-check';
import type { Actor } from '../actor.ts';
import { demandOf } from '../fit/demand-of.ts';
import { ADVANCED_STATES, type BatchPart } from '../instance-command.ts';
import type { HeldRecord, Ledger, Move } from '../ledger.ts';
import { CLOSED_MOVE_STATES, MOVE_KINDS, OPEN_MOVE_STATES } from '../move.ts';
import type { ResourceRequest } from '../request.ts';
import { MOVE_TABLES } from '../tables/move-table.ts';
import type { Step } from './random-commands.ts';
import {
  AGENT,
  type Ask,
  OPERATOR,
  ORIGIN,
  OTHER_AGENT,
  OTHER_SCHEDULER,
  report,
  SCHEDULER,
  type Scenario,
  startScenario,
} from './scenario.ts';

const NODES = ['node-1', 'node-2'];
const INSTANCES = ['i-1', 'i-2', 'i-3', 'i-4', 'i-5', 'i-6'];

const node = fc.constantFrom(...NODES);
const instance = fc.constantFrom(...INSTANCES);
const amount = fc.integer({ min: 1, max: 4 });
const actor = fc.constantFrom(AGENT, AGENT, OTHER_AGENT, SCHEDULER, SCHEDULER, OTHER_SCHEDULER, OPERATOR);

const request: fc.Arbitrary<ResourceRequest> = fc.oneof(
  fc.record({ resources: fc.record({ VCPU: amount, SLOT: amount }, { requiredKeys: [] }) }),
  fc.record({
    resources: fc.record({ VCPU: amount }),
    groups: fc.tuple(fc.constant({ name: 'g', resources: { GPU: 1 } })),
  }),
);

/** Two small nodes of two agents, so that room is scarce, each with an instance. */
export const scarceCell = (): Scenario => {
  const scenario = startScenario();
  for (const [node, agent] of [
    ['node-1', AGENT],
    ['node-2', OTHER_AGENT],
  ] as const) {
    scenario.given(agent, { type: 'RegisterNode', node, bootId: 'boot-0' });
    const inventories = [
      { class: 'VCPU', total: 8 },
      { class: 'SLOT', total: 6, units: ['0', '1', '2', '3', '4', '5'] },
    ];
    const gpus = [0, 1].map((index) => ({
      id: `${node}-gpu-${index}`,
      parent: node,
      inventories: [{ class: 'GPU', total: 2 }],
    }));
    scenario.given(agent, report([{ id: node, inventories }, ...gpus], 1, 1, node));
    const instance = node === 'node-1' ? 'i-1' : 'i-2';
    const request = { resources: { VCPU: 2, SLOT: 1 } };
    const claimId = scenario.given(SCHEDULER, { type: 'ClaimInstance', node, instance, request });
    scenario.given(SCHEDULER, { type: 'ConfirmClaim', node, instance, claimId });
  }
  return scenario;
};

const heldOf = (ledger: Ledger, id: string): HeldRecord | undefined => {
  const found = ledger.instances.get(id);
  return found?.status === 'held' ? found : undefined;
};

/** The agent of a node, for steps that mean to be allowed. */
const ownerOf = (ledger: Ledger, id: string | undefined): Actor => ({
  role: 'agent',
  id: (id === undefined ? undefined : ledger.nodes.get(id)?.owner) ?? 'agent-1',
});

const claimStep = fc
  .tuple(instance, node, request, fc.option(fc.constantFrom(1_000, 30_000), { nil: undefined }), fc.boolean())
  .map(
    ([id, nodeId, asked, ttlMs, hasAlternate]): Step =>
      () => [
        SCHEDULER,
        {
          type: 'ClaimInstance',
          node: nodeId,
          instance: id,
          request: asked,
          ...(ttlMs === undefined ? {} : { ttlMs }),
          ...(hasAlternate ? { alternates: NODES.filter((each) => each !== nodeId) } : {}),
        },
      ],
  );

const confirmStep = fc.tuple(instance, fc.boolean(), fc.constantFrom('ConfirmClaim', 'ConfirmClaim', 'AbortClaim')).map(
  ([id, isExact, type]): Step =>
    ({ ledger }) => {
      const claim = heldOf(ledger, id)?.claim;
      const claimId = isExact && claim !== undefined ? claim.claimId : 'command-7';
      const nodeId = claim?.node ?? 'node-1';
      return [ownerOf(ledger, nodeId), { type, node: nodeId, instance: id, claimId }];
    },
);

const releaseStep = fc
  .tuple(actor, instance, fc.constantFrom('DropInstance', 'ShelveOffload', 'ShelveOffload'), fc.boolean())
  .map(
    ([who, id, type, isOwner]): Step =>
      ({ ledger }) => {
        const found = ledger.instances.get(id);
        const named =
          found === undefined || found.status === 'ended'
            ? { node: 'node-1', claimId: 'command-1' }
            : found.status === 'held'
              ? { node: found.claim.node, claimId: found.claim.claimId }
              : { node: found.node, claimId: found.claimId };
        return [isOwner ? ownerOf(ledger, named.node) : who, { type, instance: id, ...named }];
      },
  );

const moveAsk = (ledger: Ledger, id: string, fields: { kind: Move['kind']; destination: string; replace: boolean }) => {
  const held = heldOf(ledger, id);
  const isDown = held !== undefined && ledger.nodes.get(held.claim.node)?.status.kind === 'down';
  const kind = isDown && fields.kind !== 'live' ? 'evacuation' : fields.kind;
  const replace = fields.replace && held?.claim.node === fields.destination;
  const ask = { type: 'ClaimMove', instance: id, ...fields, kind, replace } as const;
  return fields.kind === 'unshelve' || held === undefined
    ? ({ ...ask, kind: 'unshelve' } as const)
    : ({ ...ask, source: held.claim.node, claimId: held.claim.claimId } as const);
};

const claimMoveStep = fc
  .tuple(instance, fc.constantFrom(...MOVE_KINDS), node, fc.boolean(), fc.option(request, { nil: undefined }))
  .map(
    ([id, kind, destination, replace, asked]): Step =>
      ({ ledger }) => {
        const ask = moveAsk(ledger, id, { kind, destination, replace });
        return [SCHEDULER, { ...ask, request: asked ?? { resources: { VCPU: 1 } } }];
      },
  );

const pickMove = (ledger: Ledger, pick: number): Move | undefined => {
  const moves = [...ledger.moves.values()];
  // Newer moves are more often still open.
  return moves[Math.max(0, moves.length - 1 - (pick % 3))] ?? moves[pick % Math.max(1, moves.length)];
};

const nextOf = (move: Move): (typeof ADVANCED_STATES)[number] | undefined => {
  const advance = MOVE_TABLES[move.kind][move.state].AdvanceMove;
  return advance.kind === 'reach' ? ADVANCED_STATES.find((state) => state === advance.state) : undefined;
};

const advanceStep = fc.tuple(fc.nat(), fc.boolean(), fc.constantFrom(...ADVANCED_STATES)).map(
  ([pick, isExact, to]): Step =>
    ({ ledger }) => {
      const move = pickMove(ledger, pick);
      const next = move === undefined || !isExact ? to : (nextOf(move) ?? to);
      const named = { instance: move?.instance ?? 'i-1', moveId: move?.id ?? 'command-2' };
      return [ownerOf(ledger, move?.destination), { type: 'AdvanceMove', ...named, to: next }];
    },
);

const closeStep = fc
  .tuple(
    actor,
    fc.nat(),
    fc.constantFrom('ConfirmMove', 'RevertMove', 'FailMove', 'CancelMove'),
    fc.constantFrom('source', 'destination', 'actor'),
    fc.boolean(),
  )
  .map(
    ([who, pick, type, by, isExact]): Step =>
      ({ ledger }) => {
        const move = pickMove(ledger, pick);
        const named = { instance: isExact ? (move?.instance ?? 'i-1') : 'i-2', moveId: move?.id ?? 'command-2' };
        const sender = by === 'actor' ? who : ownerOf(ledger, by === 'source' ? move?.source : move?.destination);
        return [sender, type === 'FailMove' ? { type, ...named, reason: 'test' } : { type, ...named }];
      },
  );

const dropSideStep = fc
  .tuple(actor, fc.nat(), fc.boolean(), fc.boolean(), fc.constantFrom(...OPEN_MOVE_STATES, ...CLOSED_MOVE_STATES))
  .map(
    ([who, pick, isOwner, isExact, state]): Step =>
      ({ ledger }) => {
        const moves = [...ledger.moves.values()];
        const behind = moves.find((move) => move.other?.state === 'left-behind');
        const left = moves.filter((move) => move.other !== undefined && move.other.state !== 'held');
        const move = behind ?? left[pick % Math.max(1, left.length)] ?? pickMove(ledger, pick);
        const ask: Ask = {
          type: 'DropMoveClaim',
          instance: move?.instance ?? 'i-1',
          moveId: move?.id ?? 'command-2',
          side: move?.otherSide ?? 'source',
          state: isExact ? (move?.state ?? state) : state,
        };
        return [isOwner ? ownerOf(ledger, move?.other?.node) : who, ask];
      },
  );

const rebuildStep = fc.tuple(instance, request, fc.constantFrom('before', 'after'), fc.boolean()).map(
  ([id, asked, stage, isOwn]): Step =>
    ({ ledger }) => {
      const claim = heldOf(ledger, id)?.claim;
      const named = { node: claim?.node ?? 'node-1', claimId: claim?.claimId ?? 'command-4' };
      const fresh = { type: 'RebuildInstance', instance: id, ...named, stage, request: asked } as const;
      return [isOwn ? ownerOf(ledger, named.node) : AGENT, fresh];
    },
);

const adoptStep = fc.tuple(instance, node, amount).map(
  ([id, nodeId, size]): Step =>
    () => [
      OPERATOR,
      {
        type: 'AdoptInstance',
        node: nodeId,
        instance: id,
        charge: [{ provider: nodeId, class: 'VCPU', amount: size }],
      },
    ],
);

const forceStep = fc.tuple(instance, fc.nat(), fc.boolean()).map(
  ([id, pick, isSide]): Step =>
    ({ ledger }) => {
      const left = [...ledger.moves.values()].filter((move) => move.other !== undefined);
      const move = left[pick % Math.max(1, left.length)];
      const base = { type: 'ForceDrop', reason: 'test' } as const;
      if (isSide && move?.other !== undefined) {
        return [OPERATOR, { ...base, node: move.other.node, instance: move.instance, moveId: move.id }];
      }
      const claim = heldOf(ledger, id)?.claim;
      return [
        OPERATOR,
        { ...base, node: claim?.node ?? 'node-1', instance: id, claimId: claim?.claimId ?? 'command-5' },
      ];
    },
);

const nodeStep = fc
  .tuple(node, fc.constantFrom('down', 'fenced', 'enabled', 'enabled', 'enabled', 'restart'), fc.nat())
  .map(
    ([id, what, boot]): Step =>
      ({ ledger }) => {
        if (what === 'enabled') return [OPERATOR, { type: 'EnableNode', node: id }];
        if (what === 'restart')
          return [ownerOf(ledger, id), { type: 'RegisterNode', node: id, bootId: `boot-${boot}` }];
        return [OPERATOR, { type: 'MarkNodeDown', node: id, reason: 'test', fenced: what === 'fenced' }];
      },
  );

/** An instance takes the place of another, in one decision and before that one has left it. */
const exchangeStep = fc.tuple(instance, instance, fc.boolean()).map(
  ([leaving, coming, isByAgent]): Step =>
    ({ ledger }) => {
      const claim = heldOf(ledger, leaving)?.claim;
      const place = claim?.node ?? 'node-1';
      const claimId = claim?.claimId ?? 'command-6';
      const asked = claim === undefined ? { request: { resources: { VCPU: 1 } } } : demandOf(claim.requestText);
      const commands: readonly BatchPart[] = [
        { type: 'ClaimInstance', origin: ORIGIN, node: place, instance: coming, ...asked },
        { type: 'DropInstance', origin: ORIGIN, node: place, instance: leaving, claimId },
      ];
      return [isByAgent ? ownerOf(ledger, place) : SCHEDULER, { type: 'AtomicBatch', commands }];
    },
);

export const anyMoveSteps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: claimStep },
    { weight: 8, arbitrary: confirmStep },
    { weight: 3, arbitrary: releaseStep },
    { weight: 10, arbitrary: claimMoveStep },
    { weight: 16, arbitrary: advanceStep },
    { weight: 6, arbitrary: closeStep },
    { weight: 4, arbitrary: dropSideStep },
    { weight: 5, arbitrary: rebuildStep },
    { weight: 1, arbitrary: adoptStep },
    { weight: 1, arbitrary: forceStep },
    { weight: 3, arbitrary: nodeStep },
    { weight: 3, arbitrary: exchangeStep },
  ),
  { minLength: 40, maxLength: 120, size: 'max' },
);
