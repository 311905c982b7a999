import type {
  BatchPart,
  Command,
  InventoryPolicy,
  Origin,
  OverlayTarget,
  ReportedInventory,
  ReportedProvider,
} from '@fleetbook/domain';
import { ratioMillionths } from './ratio.ts';
import type {
  BatchPartBody,
  CommandBodies,
  InventoryPolicyBody,
  OverlayTargetBody,
  ReportedInventoryBody,
  ReportedProviderBody,
} from './schemas.ts';

/*
 * The order of the fields below is the order in which a command is stored, as its type in the domain states it. The
 * schemas read fields in that order, so that the rest of a body stands as it is stored.
 */

const millionthsOf = (ratio: number | undefined): { readonly allocationRatioMillionths?: number } => {
  const millionths = ratio === undefined ? undefined : ratioMillionths(ratio);
  return millionths === undefined ? {} : { allocationRatioMillionths: millionths };
};

const toInventory = ({ allocationRatio, units, ...figures }: ReportedInventoryBody): ReportedInventory => ({
  ...figures,
  ...millionthsOf(allocationRatio),
  ...(units === undefined ? {} : { units }),
});

const toProvider = ({ id, parent, inventories, ...labels }: ReportedProviderBody): ReportedProvider => ({
  id,
  ...(parent === undefined ? {} : { parent }),
  inventories: inventories.map(toInventory),
  ...labels,
});

const toPolicy = ({ allocationRatio, ...fields }: InventoryPolicyBody): InventoryPolicy => ({
  ...fields,
  ...millionthsOf(allocationRatio),
});

const toTarget = ({ provider, inventories, ...labels }: OverlayTargetBody): OverlayTarget => ({
  ...(provider === undefined ? {} : { provider }),
  inventories: inventories.map(toInventory),
  ...labels,
});

/** A part is sent by the program that sends its batch. */
const toPart = (part: BatchPartBody, origin: Origin): BatchPart => {
  const head = { type: part.type, origin };
  return { ...head, ...part };
};

interface Envelope {
  readonly commandId: string;
  readonly issuedAt: number;
  readonly correlationId?: string;
}

const fieldsOf = <Body extends Envelope>({ commandId: _, issuedAt: _at, correlationId: _cause, ...fields }: Body) =>
  fields;

type ReportBody = CommandBodies['ReportInventory'];

const toReport = (body: ReportBody): Extract<Command, { readonly type: 'ReportInventory' }> => {
  const { origin, node, incarnation, sequence } = body;
  const head = { type: 'ReportInventory', origin, node, incarnation, sequence } as const;
  switch (body.mode) {
    case 'full':
      return { ...head, mode: body.mode, providers: body.providers.map(toProvider) };
    case 'flat':
      return { ...head, mode: body.mode, totals: body.totals };
    case 'unsupported':
      return { ...head, mode: body.mode, reason: body.reason };
  }
};

/** Makes the stored command of the validated body that travelled; the envelope is left out. */
export const TO_DOMAIN: {
  readonly [Type in Command['type']]: (body: CommandBodies[Type]) => Extract<Command, { readonly type: Type }>;
} = {
  RegisterNode: (body) => ({ type: 'RegisterNode', ...fieldsOf(body) }),
  ReportInventory: toReport,
  EnableNode: (body) => ({ type: 'EnableNode', ...fieldsOf(body) }),
  DisableNode: (body) => ({ type: 'DisableNode', ...fieldsOf(body) }),
  RetireNode: (body) => ({ type: 'RetireNode', ...fieldsOf(body) }),
  MarkNodeDown: (body) => ({ type: 'MarkNodeDown', ...fieldsOf(body) }),
  RevokeCheckpoint: (body) => ({ type: 'RevokeCheckpoint', ...fieldsOf(body) }),
  TransferNode: (body) => ({ type: 'TransferNode', ...fieldsOf(body) }),
  SetInventoryPolicy: ({ origin, node, policies }) => ({
    type: 'SetInventoryPolicy',
    origin,
    node,
    policies: policies.map(toPolicy),
  }),
  SetAggregates: (body) => ({ type: 'SetAggregates', ...fieldsOf(body) }),
  SetOverlay: ({ origin, node, targets }) => ({ type: 'SetOverlay', origin, node, targets: targets.map(toTarget) }),
  SetDriftPolicy: (body) => ({ type: 'SetDriftPolicy', ...fieldsOf(body) }),
  Reshape: (body) => ({ type: 'Reshape', ...fieldsOf(body) }),
  ReportBuildResult: (body) => ({ type: 'ReportBuildResult', ...fieldsOf(body) }),
  ReportInstanceState: (body) => ({ type: 'ReportInstanceState', ...fieldsOf(body) }),
  ReportGuests: (body) => ({ type: 'ReportGuests', ...fieldsOf(body) }),
  ClaimInstance: ({ commandId: _, issuedAt: _at, correlationId: _cause, ...fields }) => ({
    type: 'ClaimInstance',
    ...fields,
  }),
  ConfirmClaim: ({ origin, node, instance, claimId }) => ({ type: 'ConfirmClaim', origin, node, instance, claimId }),
  AbortClaim: ({ origin, node, instance, claimId }) => ({ type: 'AbortClaim', origin, node, instance, claimId }),
  DropInstance: (body) => ({ type: 'DropInstance', ...fieldsOf(body) }),
  ShelveOffload: (body) => ({ type: 'ShelveOffload', ...fieldsOf(body) }),
  RebuildInstance: (body) => ({ type: 'RebuildInstance', ...fieldsOf(body) }),
  AdoptInstance: (body) => ({ type: 'AdoptInstance', ...fieldsOf(body) }),
  ForceDrop: (body) => ({ type: 'ForceDrop', ...fieldsOf(body) }),
  ClaimMove: (body) => ({ type: 'ClaimMove', ...fieldsOf(body) }),
  AdvanceMove: (body) => ({ type: 'AdvanceMove', ...fieldsOf(body) }),
  ConfirmMove: (body) => ({ type: 'ConfirmMove', ...fieldsOf(body) }),
  RevertMove: (body) => ({ type: 'RevertMove', ...fieldsOf(body) }),
  FailMove: (body) => ({ type: 'FailMove', ...fieldsOf(body) }),
  CancelMove: (body) => ({ type: 'CancelMove', ...fieldsOf(body) }),
  DropMoveClaim: (body) => ({ type: 'DropMoveClaim', ...fieldsOf(body) }),
  AtomicBatch: ({ origin, commands }) => ({
    type: 'AtomicBatch',
    origin,
    commands: commands.map((part) => toPart(part, origin)),
  }),
};
