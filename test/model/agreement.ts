import { deepStrictEqual } from 'node:assert/strict';
import {
  foldReference,
  type ReferenceState,
  referenceDigest,
  referenceRecords,
  referenceViolations,
} from '@fleetbook/reference';
import { createProduct, type Product } from './product.ts';
import type { History } from './random-steps.ts';

const STEPS_BETWEEN_COMPARISONS = 3;

/** What the histories were made of, so that a generator that reaches nothing is not taken for a proof. */
export type Reached = Map<string, number>;

/** What 20,000 steps reach under any seed; rarer types have their tests beside the reference. */
export const EXPECTED: readonly string[] = [
  ...['NodeRegistered', 'InventoryChanged', 'InventoryStale', 'NodeEnabled', 'NodeDisabled', 'NodeMarkedDown'],
  ...['NodeRetired', 'NodeTransferred', 'InventoryPolicySet', 'AggregatesSet', 'OverlaySet', 'DriftPolicySet'],
  ...['ChargesReshaped', 'BuildRecorded', 'InstanceStateReported', 'DriftFound', 'DriftHealed'],
  ...['InstanceClaimed', 'ClaimConfirmed', 'ClaimAborted', 'ClaimExpired', 'DropRequested', 'InstanceDropped'],
  ...['InstanceOffloaded', 'InstanceRebuilt', 'InstanceAdopted', 'InstanceForceDropped'],
  ...['MoveClaimed', 'MoveAdvanced', 'MoveCompleted', 'MoveConfirmed', 'MoveAutoConfirmed', 'MoveReverted'],
  ...['MoveCancelled', 'MoveFailed', 'MoveClaimDropped', 'MoveClaimForceDropped'],
  ...['AtomicBatchApplied', 'batched InstanceClaimed', 'batched MoveClaimed', 'batched MoveAdvanced'],
  ...['vanished provider', 'vanished inventory'],
];

/**
 * Runs the steps through the product, folds its events with the reference as they come, and compares both every few
 * steps. Throws Error where they differ, and where an invariant is broken.
 */
export function checkAgreement({ driftPolicy, steps }: History, reached: Reached): void {
  const product = createProduct(driftPolicy);
  const reference = foldReference(product.events);
  for (const [index, step] of steps.entries()) {
    product.run(step);
    foldReference(product.events.slice(reference.number), reference);
    if (index % STEPS_BETWEEN_COMPARISONS === 0 || index === steps.length - 1) {
      compare(product, reference, reached);
    }
  }
  deepStrictEqual(product.replayed(), product.digest(), 'the fold of the whole history at once');
  deepStrictEqual(referenceDigest(foldReference(product.events)), product.digest(), 'the reference, folded at once');
  for (const event of product.events) {
    const parts = event.type === 'AtomicBatchApplied' ? event.data.parts : [];
    const names = parts.map((part) => (part === null ? 'batched nothing' : `batched ${part.type}`));
    count(reached, event.type === 'CommandRejected' ? event.data.code : event.type, ...names);
  }
}

function compare(product: Product, reference: ReferenceState, reached: Reached): void {
  const records = referenceRecords(reference);
  const onlyThere = without(product.records(), records);
  const onlyHere = without(records, product.records());
  const violations = referenceViolations(reference);
  if (onlyThere.length + onlyHere.length + violations.length > 0) {
    throw new Error(
      [
        `event ${product.events.length}: ${JSON.stringify(product.events.at(-1))}`,
        ...onlyThere.map((record) => `product:   ${record}`),
        ...onlyHere.map((record) => `reference: ${record}`),
        ...violations,
      ].join('\n'),
    );
  }
  deepStrictEqual(product.digest(), referenceDigest(reference), `digest after event ${product.events.length}`);
  for (const record of records) {
    if (/^\["(provider|inventory)",.*,true/.test(record)) {
      count(reached, record.startsWith('["provider"') ? 'vanished provider' : 'vanished inventory');
    }
  }
}

function without(records: readonly string[], others: readonly string[]): string[] {
  const known = new Set(others);
  return records.filter((record) => !known.has(record));
}

function count(reached: Reached, ...names: readonly string[]): void {
  for (const name of names) {
    reached.set(name, (reached.get(name) ?? 0) + 1);
  }
}
