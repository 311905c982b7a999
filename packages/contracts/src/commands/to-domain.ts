import type { Command, ReportedInventory, ReportedProvider } from '@fleetbook/domain';
import { ratioMillionths } from './ratio.ts';
import type { CommandBodies, ReportedInventoryBody, ReportedProviderBody } from './schemas.ts';

/*
 * The order of the fields below is the order in which a command is stored, as its type in the domain states it.
 */

const toInventory = ({ allocationRatio, units, ...figures }: ReportedInventoryBody): ReportedInventory => {
  const millionths = allocationRatio === undefined ? undefined : ratioMillionths(allocationRatio);
  return {
    ...figures,
    ...(millionths === undefined ? {} : { allocationRatioMillionths: millionths }),
    ...(units === undefined ? {} : { units }),
  };
};

const toProvider = ({ id, parent, inventories, ...labels }: ReportedProviderBody): ReportedProvider => ({
  id,
  ...(parent === undefined ? {} : { parent }),
  inventories: inventories.map(toInventory),
  ...labels,
});

/** Makes the stored command of the validated body that travelled; the envelope is left out. */
export const TO_DOMAIN: {
  readonly [Type in Command['type']]: (body: CommandBodies[Type]) => Extract<Command, { readonly type: Type }>;
} = {
  RegisterNode: ({ origin, node, bootId }) => ({ type: 'RegisterNode', origin, node, bootId }),
  ReportInventory: ({ origin, node, incarnation, sequence, mode, providers }) => ({
    type: 'ReportInventory',
    origin,
    node,
    incarnation,
    sequence,
    mode,
    providers: providers.map(toProvider),
  }),
  EnableNode: ({ origin, node }) => ({ type: 'EnableNode', origin, node }),
  DisableNode: ({ origin, node, reason }) => ({ type: 'DisableNode', origin, node, reason }),
  RetireNode: ({ origin, node }) => ({ type: 'RetireNode', origin, node }),
  ClaimInstance: ({ commandId: _, issuedAt: _at, correlationId: _cause, ...fields }) => ({
    type: 'ClaimInstance',
    ...fields,
  }),
  ConfirmClaim: ({ origin, node, instance, claimId }) => ({ type: 'ConfirmClaim', origin, node, instance, claimId }),
  AbortClaim: ({ origin, node, instance, claimId }) => ({ type: 'AbortClaim', origin, node, instance, claimId }),
  DropInstance: ({ origin, node, instance, claimId }) => ({ type: 'DropInstance', origin, node, instance, claimId }),
};
