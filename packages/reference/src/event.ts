/*
 * The stored events as far as this fold reads them, stated once more from the stored format: a mistake in the
 * product's own types must not reach its second opinion.
 */

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

interface ClaimCommand {
  readonly node: string;
  readonly instance: string;
  readonly claimId: string;
}

interface Commands {
  readonly RegisterNode: { readonly node: string; readonly bootId: string };
  readonly ReportInventory: {
    readonly node: string;
    readonly incarnation: number;
    readonly sequence: number;
    readonly providers: readonly ReportedProvider[];
  };
  readonly EnableNode: { readonly node: string };
  readonly DisableNode: { readonly node: string; readonly reason: string };
  readonly RetireNode: { readonly node: string };
  readonly ClaimInstance: {
    readonly instance: string;
    readonly tenant?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly request?: object;
    readonly charge?: readonly ChargeLine[];
  };
  readonly ConfirmClaim: ClaimCommand;
  readonly AbortClaim: ClaimCommand;
  readonly DropInstance: ClaimCommand;
}

export type CommandType = keyof Commands;

type Command = { [Type in CommandType]: { readonly type: Type } & Commands[Type] }[CommandType];

export type CommandOf<Type extends CommandType> = Extract<Command, { readonly type: Type }>;

interface EventData {
  readonly LedgerCreated: { readonly cell: string; readonly historyId: string };
  readonly CellConfigured: object;
  readonly WriterElected: { readonly epoch: number };
  readonly NodeRegistered: { readonly incarnation: number };
  readonly InventoryChanged: object;
  readonly NodeEnabled: object;
  readonly NodeDisabled: object;
  readonly NodeRetired: object;
  readonly InstanceClaimed: { readonly node: string; readonly charge: readonly ChargeLine[] };
  readonly ClaimConfirmed: object;
  readonly ClaimAborted: object;
  readonly InstanceDropped: object;
  readonly CommandRejected: object;
}

interface Envelope {
  readonly number: number;
  readonly commandId: string;
  readonly actor: { readonly role: string; readonly id: string };
  readonly command?: Command;
}

/** An event of the log, parsed; fields that do not change the inventory are left out. */
export type ReferenceEvent = {
  [Type in keyof EventData]: Envelope & { readonly type: Type; readonly data: EventData[Type] };
}[keyof EventData];

export type ReferenceEventOf<Type extends keyof EventData> = Extract<ReferenceEvent, { readonly type: Type }>;

/** The command that caused the event. Throws when it is missing or of another type: no writer stores that. */
export function commandOf<Type extends CommandType>(event: ReferenceEvent, type: Type): CommandOf<Type> {
  if (!carries(event.command, type)) {
    throw new Error(`event ${event.number} of type ${event.type} does not carry ${type}`);
  }
  return event.command;
}

function carries<Type extends CommandType>(command: Command | undefined, type: Type): command is CommandOf<Type> {
  return command?.type === type;
}
