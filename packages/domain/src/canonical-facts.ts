import type { Instance, Node, Provider } from './ledger.ts';
import { compareText } from './order.ts';

const statusRecords = ({ id, status, inventoryStatus }: Node): unknown[] => [
  ...(status.kind === 'down' && status.fenced ? [['fenced', id]] : []),
  ...(inventoryStatus.kind === 'stale' ? [['stale', id, inventoryStatus.since, inventoryStatus.reason]] : []),
];

const settingRecords = ({ id, policies = [], aggregates = [], overlay = [] }: Node): unknown[] => [
  ...policies.map((policy) => [
    'policy',
    id,
    policy.provider,
    policy.class,
    policy.reserved ?? '',
    policy.allocationRatioMillionths ?? '',
  ]),
  ...aggregates.map((setting) => ['aggregates', id, setting.provider, setting.aggregates]),
  ...overlay.map((target) => ['overlay', id, target.provider ?? '', JSON.stringify(target)]),
];

const driftRecords = ({ id, driftPolicy, drifts = [] }: Node): unknown[] => [
  ...(driftPolicy === undefined ? [] : [['drift-policy', id, driftPolicy.policy, driftPolicy.mayFree ?? 0]]),
  ...drifts.map((drift) => [
    'drift',
    id,
    drift.kind,
    drift.instance,
    drift.moveId ?? '',
    drift.since,
    drift.foundAt,
    drift.incarnation,
    JSON.stringify(drift.details),
  ]),
];

const addedRecord = (node: string, { id, inventories, overlayTraits = [] }: Provider): unknown[] => {
  const classes = inventories.filter((inventory) => inventory.isOverlay).map((inventory) => inventory.class);
  if (classes.length === 0 && overlayTraits.length === 0) return [];
  return [['added', node, id, classes.sort(compareText), [...overlayTraits].sort(compareText)]];
};

/** The canonical texts of what a node has besides its status, its providers and its inventories. */
export const nodeFactRecords = (node: Node): readonly string[] =>
  [
    ...statusRecords(node),
    ...(node.transferTo === undefined ? [] : [['transfer', node.id, node.transferTo]]),
    ...(node.failedBuilds === undefined ? [] : [['builds', node.id, node.failedBuilds]]),
    ...(node.owesReport === undefined ? [] : [['owes-report', node.id, node.owesReport]]),
    ...settingRecords(node),
    ...driftRecords(node),
  ].map((record) => JSON.stringify(record));

/** Whether two sides of a change give the same texts above, cheaply: the parts are replaced, never changed. */
export const hasSameFacts = (left: Node, right: Node): boolean =>
  left.status === right.status &&
  left.inventoryStatus === right.inventoryStatus &&
  left.transferTo === right.transferTo &&
  left.failedBuilds === right.failedBuilds &&
  left.owesReport === right.owesReport &&
  left.policies === right.policies &&
  left.aggregates === right.aggregates &&
  left.overlay === right.overlay &&
  left.driftPolicy === right.driftPolicy &&
  left.drifts === right.drifts;

/** What an operator's overlay made of a provider. */
export const overlayRecords = (node: string, provider: Provider): readonly string[] =>
  addedRecord(node, provider).map((record) => JSON.stringify(record));

/** The state of a guest as its agent reported it. */
export const stateRecords = (instance: Instance): readonly string[] => {
  if (instance.status !== 'held' || instance.claim.state === undefined) return [];
  const { vm, task = '', osType = '' } = instance.claim.state;
  return [JSON.stringify(['state', instance.id, vm, task, osType])];
};
