import type {
  ChargeLine,
  DriftPolicy,
  InventoryPolicy,
  MoveKind,
  OverlayTarget,
  PlacementGroup,
  ReportedProvider,
} from '@fleetbook/domain';
import fc from 'fast-check';
import { aggregates, overlay, policies, totals, tree } from './random-inventory.ts';
import { type Asked, asked, charge } from './random-requests.ts';

export const NODES = ['n1', 'n2', 'n3', 'n4'];
const SLOTS = 9;

/** In what way a sender is wrong: most are not. */
export type Slip = 'none' | 'old-id' | 'other-node' | 'old-incarnation';

/** Who sends: the node's agent, another one, the scheduler that claimed, another one, or an operator. */
export type Sender = 'agent' | 'other-agent' | 'scheduler' | 'other-scheduler' | 'operator';

interface OnNode {
  readonly node: string;
}

/** `slot` stands for an instance: when that has ended, for its successor. */
interface OnInstance {
  readonly slot: number;
  readonly slip: Slip;
  readonly sender: Sender;
}

export type MoveCommandStep = OnInstance & {
  readonly type: 'AdvanceMove' | 'ConfirmMove' | 'RevertMove' | 'FailMove' | 'CancelMove' | 'DropMoveClaim';
  /** For AdvanceMove and DropMoveClaim: not the state that would be right. */
  readonly isAstray: boolean;
};

export type PartStep =
  | (OnInstance & {
      readonly type: 'ClaimInstance';
      readonly node: string;
      readonly asked: Asked;
      readonly tenant?: string;
      readonly labels?: Readonly<Record<string, string>>;
      readonly ttlMs?: number;
      readonly alternates?: readonly string[];
      readonly groups?: readonly PlacementGroup[];
    })
  | (OnInstance & { readonly type: 'ConfirmClaim' | 'AbortClaim' | 'DropInstance' | 'ShelveOffload' })
  | (OnInstance & {
      readonly type: 'RebuildInstance';
      readonly stage: 'before' | 'after';
      readonly asked: Asked | null;
    })
  | (OnInstance & {
      readonly type: 'ClaimMove';
      readonly kind: MoveKind | undefined;
      readonly node: string;
      readonly replace?: boolean;
      readonly asked: Asked | null;
    })
  | MoveCommandStep;

export type NodeStep =
  | (OnNode & { readonly type: 'RegisterNode'; readonly boot: number; readonly isOther: boolean })
  | (OnNode & {
      readonly type: 'FullReport';
      readonly isWrong: boolean;
      readonly providers: readonly ReportedProvider[];
    })
  | (OnNode & { readonly type: 'FlatReport'; readonly totals: readonly { class: string; total: number }[] })
  | (OnNode & { readonly type: 'UnsupportedReport'; readonly reason: string })
  | (OnNode & { readonly type: 'EnableNode' | 'RetireNode' })
  | (OnNode & { readonly type: 'DisableNode'; readonly reason: string })
  | (OnNode & { readonly type: 'MarkNodeDown'; readonly reason: string; readonly fenced: boolean })
  | (OnNode & { readonly type: 'TransferNode'; readonly owner: string })
  | (OnNode & { readonly type: 'SetInventoryPolicy'; readonly policies: readonly InventoryPolicy[] })
  | (OnNode & { readonly type: 'SetAggregates'; readonly provider: string; readonly aggregates: readonly string[] })
  | (OnNode & { readonly type: 'SetOverlay'; readonly targets: readonly OverlayTarget[] })
  | (OnNode & { readonly type: 'SetDriftPolicy'; readonly policy: DriftPolicy; readonly mayFree?: number })
  | (OnNode & {
      readonly type: 'Reshape';
      /** Among all that is held on the node. */
      readonly place: number;
      /** Absent: of every owner; null: all of one owner; else only so much of it. */
      readonly amount?: number | null;
    })
  | (OnNode & { readonly type: 'ReportBuildResult'; readonly result: 'succeeded' | 'failed' | 'refused' })
  | (OnNode & {
      readonly type: 'ReportGuests';
      readonly complete: boolean;
      readonly isLate: boolean;
      /** Of the guests that should be there, those at these places are not. */
      readonly missing: readonly number[];
      readonly extra: readonly { readonly slot: number; readonly charge: readonly ChargeLine[] | null }[];
      readonly isMeasured: boolean;
    });

export type Step =
  | PartStep
  | NodeStep
  | { readonly type: 'WriterElected'; readonly forks: boolean }
  /** Time goes by, and the writer decides what is due. */
  | { readonly type: 'Pass'; readonly timeMs: number }
  /** Something sent before comes again: as it was, or under a new id. */
  | { readonly type: 'Again'; readonly back: number; readonly isSameId: boolean }
  | (OnInstance & { readonly type: 'ReportInstanceState'; readonly vm: string; readonly task?: string })
  | (OnInstance & { readonly type: 'AdoptInstance'; readonly node: string; readonly charge: readonly ChargeLine[] })
  | (OnInstance & { readonly type: 'ForceDrop'; readonly isSide: boolean })
  | { readonly type: 'AtomicBatch'; readonly sender: Sender; readonly parts: readonly PartStep[] };

const type = <Name extends string>(...names: Name[]) => fc.constantFrom(...names);
const node = fc.constantFrom(...NODES);
const slot = fc.nat(SLOTS);
const slip: fc.Arbitrary<Slip> = fc.oneof(
  { weight: 16, arbitrary: fc.constant<Slip>('none') },
  { weight: 1, arbitrary: fc.constantFrom<Slip>('old-id', 'other-node', 'old-incarnation') },
);
const senders = (...usual: Sender[]): fc.Arbitrary<Sender> =>
  fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...usual) },
    {
      weight: 1,
      arbitrary: fc.constantFrom<Sender>('agent', 'other-agent', 'scheduler', 'other-scheduler', 'operator'),
    },
  );
const ofInstance = { slot, slip, sender: senders('agent', 'agent', 'scheduler') };
const released = { slot, slip, sender: senders('agent', 'agent', 'agent', 'operator', 'scheduler') };

const maybeAsked: fc.Arbitrary<Asked | null> = fc.option(asked, { freq: 2 });

const claim: fc.Arbitrary<PartStep> = fc.record(
  {
    ...{ type: type('ClaimInstance'), ...ofInstance, node, asked },
    tenant: fc.constantFrom('team-a', 'team-b'),
    labels: fc.constantFrom({ b: '1', a: 'ä', B: '"' }, { a: '' }),
    ttlMs: fc.constantFrom(1_000, 30_000, 600_000),
    alternates: fc.shuffledSubarray(NODES, { minLength: 1, maxLength: 2 }),
    groups: fc.constantFrom<PlacementGroup[]>(
      [{ id: 'web', rule: 'anti-affinity', maxPerNode: 2 }],
      [
        { id: 'db', rule: 'affinity' },
        { id: 'all', rule: 'soft-affinity' },
      ],
    ),
  },
  { requiredKeys: ['type', 'slot', 'slip', 'sender', 'node', 'asked'] },
);

const confirm: fc.Arbitrary<PartStep> = fc.record({ type: type('ConfirmClaim'), ...ofInstance });
const abort: fc.Arbitrary<PartStep> = fc.record({ type: type('AbortClaim'), ...ofInstance });
const drop: fc.Arbitrary<PartStep> = fc.record({ type: type('DropInstance'), ...released });
const offload: fc.Arbitrary<PartStep> = fc.record({ type: type('ShelveOffload'), ...released });
const rebuild: fc.Arbitrary<PartStep> = fc.record({
  ...{ type: type('RebuildInstance'), ...ofInstance, sender: senders('agent') },
  stage: fc.constantFrom('before', 'after'),
  asked: maybeAsked,
});

const claimMove: fc.Arbitrary<PartStep> = fc.record(
  {
    ...{ type: type('ClaimMove'), ...ofInstance, sender: senders('scheduler', 'agent') },
    kind: fc.constantFrom<(MoveKind | undefined)[]>(
      undefined,
      'resize',
      'cold',
      'live',
      'live',
      'evacuation',
      'unshelve',
    ),
    node,
    replace: fc.boolean(),
    asked: maybeAsked,
  },
  { requiredKeys: ['type', 'slot', 'slip', 'sender', 'kind', 'node', 'asked'] },
);

const isAstray = fc.nat(11).map((chance) => chance === 0);
const advance: fc.Arbitrary<PartStep> = fc.record({
  type: type('AdvanceMove'),
  ...ofInstance,
  isAstray,
  sender: senders('agent'),
});
const endMove: fc.Arbitrary<PartStep> = fc.record({
  ...{ type: type('ConfirmMove', 'ConfirmMove', 'RevertMove', 'FailMove', 'CancelMove'), ...released, isAstray },
});
const dropSide: fc.Arbitrary<PartStep> = fc.record({
  type: type('DropMoveClaim'),
  ...released,
  sender: senders('agent', 'operator', 'scheduler'),
  isAstray,
});

const partStep: fc.Arbitrary<PartStep> = fc.oneof(
  ...[
    { weight: 18, arbitrary: claim },
    { weight: 12, arbitrary: confirm },
    { weight: 3, arbitrary: abort },
    { weight: 3, arbitrary: drop },
    { weight: 3, arbitrary: offload },
    { weight: 5, arbitrary: rebuild },
    { weight: 14, arbitrary: claimMove },
    { weight: 22, arbitrary: advance },
    { weight: 8, arbitrary: endMove },
    { weight: 6, arbitrary: dropSide },
  ],
);

const isRare = fc.nat(4).map((chance) => chance === 0);

const report = fc.record({ type: type('FullReport'), node, isWrong: isAstray, providers: tree });
const register = fc.record({
  ...{ type: type('RegisterNode'), node, boot: fc.nat(30), isOther: fc.nat(4).map((chance) => chance === 0) },
});

const nodeStep: fc.Arbitrary<NodeStep> = fc.oneof(
  ...[
    { weight: 6, arbitrary: register },
    { weight: 10, arbitrary: report },
    { weight: 3, arbitrary: fc.record({ type: type('FlatReport'), node, totals }) },
    { weight: 1, arbitrary: fc.record({ type: type('UnsupportedReport'), node, reason: type('no driver', 'broken') }) },
    { weight: 4, arbitrary: fc.record({ type: type('EnableNode'), node }) },
    { weight: 1, arbitrary: fc.record({ type: type('DisableNode'), node, reason: fc.constantFrom('disk', '') }) },
    {
      weight: 3,
      arbitrary: fc.record({ type: type('MarkNodeDown'), node, reason: type('lost'), fenced: isRare }),
    },
    { weight: 1, arbitrary: fc.record({ type: type('RetireNode'), node: type('n4') }) },
    {
      weight: 1,
      arbitrary: fc.record({ type: type('TransferNode'), node, owner: type('agent-n1', 'agent-n2', 'agent-x') }),
    },
    { weight: 3, arbitrary: fc.record({ type: type('SetInventoryPolicy'), node, policies }) },
    {
      weight: 2,
      arbitrary: fc.record({ type: type('SetAggregates'), node, provider: type('', '.a', '.c'), aggregates }),
    },
    { weight: 4, arbitrary: fc.record({ type: type('SetOverlay'), node, targets: overlay }) },
    {
      weight: 3,
      arbitrary: fc.record(
        { type: type('SetDriftPolicy'), node, policy: type('observe', 'heal-safe', 'heal-all'), mayFree: fc.nat(9) },
        { requiredKeys: ['type', 'node', 'policy'] },
      ),
    },
    {
      weight: 4,
      arbitrary: fc.record(
        {
          type: type('Reshape'),
          node,
          place: fc.nat(9),
          amount: fc.option(fc.integer({ min: 1, max: 2 }), { freq: 2 }),
        },
        { requiredKeys: ['type', 'node', 'place'] },
      ),
    },
    {
      weight: 2,
      arbitrary: fc.record({ type: type('ReportBuildResult'), node, result: type('succeeded', 'failed', 'refused') }),
    },
    {
      weight: 14,
      arbitrary: fc.record({
        ...{ type: type('ReportGuests'), node, complete: fc.nat(3).map((chance) => chance > 0), isLate: isAstray },
        missing: fc.oneof(fc.constant<number[]>([]), fc.uniqueArray(fc.nat(5), { maxLength: 3 })),
        extra: fc.array(fc.record({ slot, charge: fc.option(charge) }), { maxLength: 2 }),
        isMeasured: fc.boolean(),
      }),
    },
  ],
);

const step: fc.Arbitrary<Step> = fc.oneof(
  ...[
    { weight: 70, arbitrary: partStep },
    { weight: 22, arbitrary: nodeStep },
    {
      weight: 1,
      arbitrary: fc.record({
        type: type('WriterElected'),
        forks: fc.integer({ min: 0, max: 9 }).map((drawn) => drawn === 0),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        type: type('Pass'),
        timeMs: fc.constantFrom(1_000, 31_000, 61_000, 61_000, 61_000, 400_000),
      }),
    },
    { weight: 5, arbitrary: fc.record({ type: type('Again'), back: fc.nat(8), isSameId: fc.boolean() }) },
    {
      weight: 2,
      arbitrary: fc.record(
        {
          type: type('ReportInstanceState'),
          ...ofInstance,
          sender: senders('agent'),
          vm: type('active', 'building'),
          task: type('rebuilding'),
        },
        { requiredKeys: ['type', 'slot', 'slip', 'sender', 'vm'] },
      ),
    },
    {
      weight: 2,
      arbitrary: fc.record({ type: type('AdoptInstance'), ...ofInstance, sender: senders('operator'), node, charge }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        type: type('ForceDrop'),
        ...ofInstance,
        sender: senders('operator'),
        isSide: fc.boolean(),
      }),
    },
    {
      weight: 7,
      arbitrary: fc.record({
        ...{ type: type('AtomicBatch'), sender: senders('scheduler', 'scheduler', 'agent') },
        parts: fc.array(partStep, { minLength: 1, maxLength: 3 }),
      }),
    },
  ],
);

const opening: fc.Arbitrary<Step[]> = fc.tuple(
  ...NODES.flatMap((name): fc.Arbitrary<Step>[] => [
    fc.constant({ type: 'RegisterNode', node: name, boot: 0, isOther: false }),
    name === 'n4'
      ? totals.map((all) => ({ type: 'FlatReport', node: name, totals: all }))
      : tree.map((providers) => ({ type: 'FullReport', node: name, isWrong: false, providers })),
  ]),
);

/** Registered and reported nodes, and then anything. */
export interface History {
  /** Of the cell. */
  readonly driftPolicy: DriftPolicy;
  readonly steps: readonly Step[];
}

export const randomHistory = (most: number): fc.Arbitrary<History> =>
  fc.record({
    driftPolicy: fc.constantFrom<DriftPolicy[]>('heal-all', 'heal-safe', 'observe'),
    steps: fc
      .tuple(opening, fc.array(step, { minLength: most / 2, maxLength: most, size: 'max' }))
      .map(([first, rest]) => [...first, ...rest]),
  });
