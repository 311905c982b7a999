import type { ChargeLine, Command, CommandOf, CommandType } from './command.ts';

/*
 * The stored events as far as this fold reads them, stated once more from the stored format: a mistake in the
 * product's own types must not reach its second opinion.
 */

/** What became of the side that a closing move does not keep. */
export type SideOutcome = 'released' | 'releasing' | 'left-behind';

interface Ending {
  readonly move?: { readonly moveId: string; readonly other: SideOutcome };
}

interface Closing {
  readonly other: SideOutcome;
}

interface DriftKey {
  readonly kind: string;
  readonly instance: string;
  readonly moveId?: string;
}

type Heal = DriftKey &
  (
    | { readonly effect: 'freed'; readonly claimId: string }
    | { readonly effect: 'adopted'; readonly charge: readonly ChargeLine[] }
  );

interface NodeEventData {
  readonly NodeRegistered: { readonly incarnation: number };
  readonly InventoryChanged: object;
  readonly InventoryStale: { readonly node: string; readonly sequence: number; readonly reason: string };
  readonly NodeEnabled: object;
  readonly NodeDisabled: object;
  readonly NodeRetired: object;
  readonly NodeMarkedDown: object;
  readonly NodeTransferred: object;
  readonly InventoryPolicySet: object;
  readonly AggregatesSet: object;
  readonly OverlaySet: object;
  readonly DriftPolicySet: object;
  readonly ChargesReshaped: object;
  readonly BuildRecorded: { readonly failedBuilds: number };
  readonly InstanceStateReported: object;
  readonly DriftFound: {
    readonly node: string;
    readonly found: readonly (DriftKey & { readonly details: object })[];
    readonly cleared: readonly DriftKey[];
  };
  readonly GuestReportReceived: { readonly node: string };
  readonly DriftHealed: { readonly node: string; readonly policy: string; readonly healed: readonly Heal[] };
}

/** What may also be part of an atomic batch. */
interface PartEventData {
  readonly InstanceClaimed: { readonly node: string; readonly charge: readonly ChargeLine[] };
  readonly ClaimConfirmed: object;
  readonly ClaimAborted: object;
  readonly DropRequested: Ending;
  readonly InstanceDropped: Ending;
  readonly InstanceOffloaded: object;
  readonly InstanceRebuilt: { readonly charge: readonly ChargeLine[] };
  readonly InstanceForceDropped: Ending;
  readonly MoveClaimed: { readonly charge: readonly ChargeLine[]; readonly counted?: readonly ChargeLine[] };
  readonly MoveAdvanced: object;
  readonly MoveCompleted: Closing;
  readonly MoveConfirmed: Closing;
  readonly MoveReverted: Closing;
  readonly MoveCancelled: Closing;
  readonly MoveFailed: { readonly state: string; readonly isError: boolean; readonly other?: SideOutcome };
  readonly MoveClaimDropped: object;
  readonly MoveReleaseRequested: object;
  readonly MoveClaimForceDropped: object;
}

type PartEvent = {
  [Type in keyof PartEventData]: { readonly type: Type; readonly data: PartEventData[Type] };
}[keyof PartEventData];

interface EventData extends NodeEventData, PartEventData {
  readonly LedgerCreated: { readonly cell: string; readonly historyId: string };
  readonly CellConfigured: { readonly policies: { readonly driftPolicy?: string } };
  readonly WriterElected: { readonly epoch: number };
  readonly HistoryForked: {
    readonly from: string;
    readonly newHistoryId: string;
    readonly keptTo: number;
    readonly lostTo: number;
  };
  readonly Checkpoint: { readonly upTo: number; readonly digestVersion: number; readonly digest: string };
  readonly CheckpointRevoked: object;
  readonly ClaimExpired: { readonly node: string; readonly instance: string; readonly claimId: string };
  readonly InstanceAdopted: { readonly charge: readonly ChargeLine[] };
  readonly MoveAutoConfirmed: { readonly instance: string; readonly moveId: string; readonly other: SideOutcome };
  readonly AtomicBatchApplied: { readonly parts: readonly (PartEvent | null)[] };
  readonly CommandRejected: object;
  readonly InboxPassed: { readonly sequence: number };
  readonly InboxParked: { readonly sequence: number; readonly code: string };
  readonly InboxRetried: { readonly sequence: number };
  readonly InboxDiscarded: { readonly sequence: number };
}

interface Envelope {
  readonly number: number;
  readonly at: number;
  readonly commandId: string;
  readonly actor: { readonly role: string; readonly id: string };
  readonly command?: Command;
  readonly inboxSequence?: number;
}

/** An event of the log, parsed; fields that do not change the inventory are left out. */
export type ReferenceEvent = {
  [Type in keyof EventData]: Envelope & { readonly type: Type; readonly data: EventData[Type] };
}[keyof EventData];

export type ReferenceEventOf<Type extends keyof EventData> = Extract<ReferenceEvent, { readonly type: Type }>;

/** The command that caused the event. Throws when it is missing or of another type: no writer stores that. */
export function commandOf<Type extends CommandType>(event: ReferenceEvent, ...types: readonly Type[]): CommandOf<Type> {
  if (!carries(event.command, types)) {
    throw new Error(`event ${event.number} of type ${event.type} does not carry ${types.join(' or ')}`);
  }
  return event.command;
}

function carries<Type extends CommandType>(
  command: Command | undefined,
  types: readonly Type[],
): command is CommandOf<Type> {
  return types.some((type) => type === command?.type);
}

/** The events of an atomic batch: each as if its command had come alone, under the id `<id of the batch>.<place>`. */
export function partsOf(event: ReferenceEventOf<'AtomicBatchApplied'>): ReferenceEvent[] {
  const { commands } = commandOf(event, 'AtomicBatch');
  if (commands.length !== event.data.parts.length) {
    throw new Error(`event ${event.number} has ${event.data.parts.length} parts for ${commands.length} commands`);
  }
  const { number, at, actor } = event;
  return event.data.parts.flatMap((part, index): ReferenceEvent[] => {
    const command = commands[index];
    return part === null || command === undefined
      ? []
      : [{ number, at, actor, commandId: `${event.commandId}.${index}`, command, ...part }];
  });
}
