import type { RejectionCode } from '@fleetbook/domain';
import type { ErrorCategory, ErrorEntry, Retry } from './entry.ts';

const recorded = (category: ErrorCategory, retry: Retry, message: string, about: string): ErrorEntry => ({
  message,
  category,
  retry,
  isRecorded: true,
  exitCode: 3,
  about,
});

/** Refusals of the decider, in its order of precedence. */
export const REJECTION_ENTRIES = {
  NODE_NOT_FOUND: recorded(
    'not-found',
    'new-id',
    'Node {node} is not registered in this cell.',
    'The command names a node that no agent has registered.',
  ),
  NOT_AUTHORISED: {
    message: 'The {role} {actor} may not send {command} for node {node}.',
    category: 'validation',
    retry: 'never',
    isRecorded: false,
    exitCode: 3,
    about: 'The role may not send this command, or the actor may not act for this node or claim.',
  },
  NODE_OWNED_BY: recorded(
    'conflict',
    'never',
    'Node {node} belongs to agent {owner}.',
    'Another agent registered the node and still owns it.',
  ),
  NODE_RETIRED: recorded('conflict', 'never', 'Node {node} is retired.', 'A retired node takes no further commands.'),
  STALE_INCARNATION: recorded(
    'conflict',
    'never',
    'Node {node} is at a later start of its host: register again first.',
    'The boot id or incarnation is not the current one of the node: register again first.',
  ),
  STALE_REPORT: recorded(
    'conflict',
    'never',
    'Node {node} has already reported sequence {recordedSequence}.',
    'A report with the same or a higher sequence number of this incarnation is recorded already.',
  ),
  INVALID_INVENTORY: recorded(
    'validation',
    'never',
    'The reported inventory of node {node} breaks the rule {rule}.',
    'The provider tree or an inventory breaks a structural rule, which the details name.',
  ),
  PROVIDER_ELSEWHERE: recorded(
    'conflict',
    'new-id',
    'Provider {provider} belongs to node {otherNode}.',
    'Provider ids are unique in the cell and the reported one belongs to another node.',
  ),
  NODE_NOT_EMPTY: recorded(
    'conflict',
    'new-id',
    'Node {node} still holds {count} instances.',
    'Only a node that holds nothing can be retired; the details list the first holders.',
  ),
  NODE_DISABLED: recorded(
    'conflict',
    'new-id',
    'Node {node} is disabled: {reason}.',
    'An operator has closed the node to new claims.',
  ),
  INVENTORY_UNKNOWN: recorded(
    'conflict',
    'new-id',
    'Node {node} has not reported its inventory yet.',
    'A claim needs to know what the node has, and its agent has not said so yet.',
  ),
  CLAIM_NOT_FOUND: recorded(
    'not-found',
    'never',
    'Instance {instance} is held nowhere.',
    'The instance is unknown: never claimed, or its claim was aborted.',
  ),
  INSTANCE_ENDED: recorded(
    'conflict',
    'never',
    'Instance {instance} has ended; its id is not used again.',
    'The instance was dropped, and an instance id is never reused.',
  ),
  CLAIM_MISMATCH: recorded(
    'conflict',
    'never',
    'Instance {instance} is held by claim {claim.claimId} on node {claim.node}.',
    'The claim id or the node is not that of the live claim, which the details show.',
  ),
  CLAIM_CONFIRMED: recorded(
    'conflict',
    'never',
    'Claim {claim.claimId} is confirmed and can only be dropped.',
    'Only a claim never confirmed can be aborted.',
  ),
  INSTANCE_ALREADY_HELD: recorded(
    'conflict',
    'new-id',
    'Instance {instance} is already held by claim {claim.claimId} on node {claim.node}.',
    'The instance has a live claim, which the details show, and this claim is not equal to it.',
  ),
  UNKNOWN_CLASS: recorded(
    'capacity',
    'new-id',
    'Node {node} has no inventory of a requested class.',
    'No provider of the node has the resource class.',
  ),
  UNKNOWN_PROVIDER: recorded(
    'capacity',
    'new-id',
    'Node {node} has no provider of a requested name.',
    'An allocation named outright names a provider that the node does not have.',
  ),
  UNKNOWN_UNIT: recorded(
    'capacity',
    'new-id',
    'Node {node} has no unit of a requested name.',
    'A unit asked for by name does not exist there.',
  ),
  TRAIT_MISSING: recorded(
    'capacity',
    'new-id',
    'Node {node} lacks a required trait.',
    'No provider that could serve the request has the traits it requires.',
  ),
  TRAIT_FORBIDDEN: recorded(
    'capacity',
    'new-id',
    'Node {node} has a forbidden trait.',
    'Every provider that could serve the request has a trait it forbids.',
  ),
  AMOUNT_RULE: recorded(
    'capacity',
    'never',
    'An amount breaks the smallest unit, largest unit or step of node {node}.',
    'The amount is below minUnit, above maxUnit or not a multiple of stepSize.',
  ),
  UNIT_TAKEN: recorded(
    'capacity',
    'new-id',
    'A unit asked for by name is taken on node {node}.',
    'Another claim holds the named unit.',
  ),
  NO_CAPACITY: recorded(
    'capacity',
    'new-id',
    'Node {node} has not enough free capacity.',
    'The headroom (capacity less what is charged) is smaller than the amount asked for.',
  ),
  NO_ASSIGNMENT: recorded(
    'capacity',
    'new-id',
    'Each part of the request fits node {node}, but not all of them together.',
    'Every item fits by itself, and no choice of providers serves all of them at once.',
  ),
  REQUEST_TOO_COMPLEX: recorded(
    'capacity',
    'never',
    'The search for an assignment on node {node} reached its limit of {workLimit} steps.',
    'The request was neither proved to fit nor proved not to fit within the work limit.',
  ),
} as const satisfies Readonly<Record<RejectionCode, ErrorEntry>>;
