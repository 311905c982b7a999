/* The stored commands as far as this fold reads them, stated once more from the stored format. */

export interface ChargeLine {
  readonly provider: string;
  readonly class: string;
  readonly amount: number;
  readonly units?: readonly string[];
}

export interface ReportedInventory {
  readonly class: string;
  readonly total: number;
  readonly reserved?: number;
  readonly minUnit?: number;
  readonly maxUnit?: number;
  readonly stepSize?: number;
  readonly allocationRatioMillionths?: number;
  readonly units?: readonly string[];
}

export interface ReportedProvider {
  readonly id: string;
  readonly parent?: string;
  readonly inventories: readonly ReportedInventory[];
  readonly traits?: readonly string[];
  readonly aggregates?: readonly string[];
}

export interface InventoryPolicy {
  readonly provider: string;
  readonly class: string;
  readonly reserved?: number;
  readonly allocationRatioMillionths?: number;
}

/** `provider` is absent in the target that is the default. */
export interface OverlayTarget {
  readonly provider?: string;
  readonly inventories: readonly ReportedInventory[];
  readonly traits?: readonly string[];
}

export interface ReshapeRule {
  readonly class: string;
  readonly from: string;
  readonly to: string;
  readonly owners?: readonly {
    readonly instance: string;
    readonly moveId?: string;
    readonly amount?: number;
    readonly units?: readonly string[];
  }[];
}

export interface PlacementGroup {
  readonly id: string;
  readonly rule: string;
  readonly maxPerNode?: number;
}

/** Exactly one of the two is present, or none where the live claim's request stands for it. */
interface Asked {
  readonly request?: object;
  readonly charge?: readonly ChargeLine[];
}

interface Named {
  readonly tenant?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface ClaimAddress {
  readonly node: string;
  readonly instance: string;
  readonly claimId: string;
}

interface MoveAddress {
  readonly instance: string;
  readonly moveId: string;
}

interface Releasing {
  readonly incarnation?: number;
}

type InventoryReport =
  | { readonly mode: 'full'; readonly providers: readonly ReportedProvider[] }
  | { readonly mode: 'flat'; readonly totals: readonly { readonly class: string; readonly total: number }[] }
  | { readonly mode: 'unsupported'; readonly reason: string };

interface Commands {
  readonly RegisterNode: { readonly node: string; readonly bootId: string };
  readonly ReportInventory: {
    readonly node: string;
    readonly incarnation: number;
    readonly sequence: number;
  } & InventoryReport;
  readonly EnableNode: { readonly node: string };
  readonly DisableNode: { readonly node: string; readonly reason: string };
  readonly RetireNode: { readonly node: string };
  readonly MarkNodeDown: { readonly node: string; readonly reason: string; readonly fenced: boolean };
  readonly RevokeCheckpoint: { readonly upTo: number; readonly reason: string };
  readonly TransferNode: { readonly node: string; readonly owner: string };
  readonly SetInventoryPolicy: { readonly node: string; readonly policies: readonly InventoryPolicy[] };
  readonly SetAggregates: { readonly node: string; readonly provider: string; readonly aggregates: readonly string[] };
  readonly SetOverlay: { readonly node: string; readonly targets: readonly OverlayTarget[] };
  readonly SetDriftPolicy: { readonly node: string; readonly policy: string; readonly mayFree?: number };
  readonly Reshape: { readonly node: string; readonly incarnation: number; readonly rules: readonly ReshapeRule[] };
  readonly ReportBuildResult: { readonly node: string };
  readonly ReportInstanceState: ClaimAddress & {
    readonly state: { readonly vm: string; readonly task?: string; readonly osType?: string };
  };
  readonly ReportGuests: { readonly node: string; readonly incarnation: number };
  readonly ClaimInstance: Named &
    Asked & {
      readonly instance: string;
      readonly ttlMs?: number;
      readonly groups?: readonly PlacementGroup[];
    };
  readonly ConfirmClaim: ClaimAddress;
  readonly AbortClaim: ClaimAddress;
  readonly DropInstance: ClaimAddress & Releasing;
  readonly ShelveOffload: ClaimAddress & Releasing;
  readonly RebuildInstance: ClaimAddress & Asked & { readonly stage: 'before' | 'after' };
  readonly AdoptInstance: Named & {
    readonly node: string;
    readonly instance: string;
    readonly charge: readonly ChargeLine[];
  };
  readonly ForceDrop: {
    readonly node: string;
    readonly instance: string;
    readonly claimId?: string;
    readonly moveId?: string;
  };
  readonly ClaimMove: Asked & {
    readonly kind: 'resize' | 'cold' | 'live' | 'evacuation' | 'unshelve';
    readonly instance: string;
    readonly source?: string;
    readonly claimId?: string;
    readonly destination: string;
    readonly replace?: boolean;
  };
  readonly AdvanceMove: MoveAddress & {
    readonly to: 'prepared' | 'running' | 'switched' | 'finished' | 'completed';
  };
  readonly ConfirmMove: MoveAddress & Releasing;
  readonly RevertMove: MoveAddress & Releasing;
  readonly FailMove: MoveAddress & Releasing;
  readonly CancelMove: MoveAddress & Releasing;
  readonly DropMoveClaim: MoveAddress & Releasing;
  /** Its parts; which of them have an event, and which type each has, is checked where they are folded. */
  readonly AtomicBatch: { readonly commands: readonly Command[] };
}

export type CommandType = keyof Commands;

export type Command = { [Type in CommandType]: { readonly type: Type } & Commands[Type] }[CommandType];

export type CommandOf<Type extends CommandType> = Extract<Command, { readonly type: Type }>;
