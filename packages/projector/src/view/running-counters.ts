import { type Change, type Claim, ioLoadOf, NodeCharge, type NodeCounters } from '@fleetbook/domain';
import type { ClaimGroup } from './claim-groups.ts';

/** What runs in the cell and for each tenant, kept by the changes. Single nodes the ledger itself counts. */
export interface RunningCounters {
  update(change: Change): void;
  /** Counts claims that were there before it. */
  restore(group: ClaimGroup): void;
  ofCell(): NodeCounters;
  /** Builds fail on nodes, not for tenants: there are none here. */
  ofTenant(tenant: string): NodeCounters;
}

interface Sums {
  instances: number;
  workload: number;
  ioWorkload: number;
  readonly byVm: Map<string, number>;
  readonly byTask: Map<string, number>;
  readonly byOsType: Map<string, number>;
}

/** How the domain names the task of a guest without one. */
const NO_TASK = 'None';

export function createRunningCounters(): RunningCounters {
  const tenants = new Map<string | undefined, Sums>();
  let failedBuilds = 0;

  function count(claim: Claim, sign: 1 | -1): void {
    const sums = tenants.get(claim.tenant) ?? emptySums();
    sums.instances += sign;
    if (claim.state !== undefined) {
      const { vm, task, osType } = claim.state;
      add(sums.byVm, vm, sign);
      add(sums.byTask, task ?? NO_TASK, sign);
      if (osType !== undefined) {
        add(sums.byOsType, osType, sign);
      }
      sums.workload += task === undefined ? 0 : sign;
      sums.ioWorkload += sign * ioLoadOf(claim.state);
    }
    if (sums.instances === 0) {
      tenants.delete(claim.tenant);
    } else {
      tenants.set(claim.tenant, sums);
    }
  }

  return {
    restore({ tenant, claims }) {
      const sums = tenants.get(tenant) ?? emptySums();
      sums.instances += claims;
      tenants.set(tenant, sums);
    },
    update(change) {
      if (change.table === 'nodes') {
        // A claim says nothing about builds, and would have to make its records first.
        if (change instanceof NodeCharge) {
          return;
        }
        failedBuilds += (change.after?.failedBuilds ?? 0) - (change.before?.failedBuilds ?? 0);
      } else if (change.table === 'instances') {
        const before = change.before?.status === 'held' ? change.before.claim : undefined;
        const after = change.after?.status === 'held' ? change.after.claim : undefined;
        if (before?.state === after?.state && before?.tenant === after?.tenant && !before === !after) {
          return;
        }
        if (before !== undefined) {
          count(before, -1);
        }
        if (after !== undefined) {
          count(after, 1);
        }
      }
    },
    ofCell: () => ({ ...countersOf(tenants), failedBuilds }),
    ofTenant(tenant) {
      const sums = tenants.get(tenant);
      return { ...countersOf(sums === undefined ? [] : [[tenant, sums]]), failedBuilds: 0 };
    },
  };
}

function emptySums(): Sums {
  return { instances: 0, workload: 0, ioWorkload: 0, byVm: new Map(), byTask: new Map(), byOsType: new Map() };
}

function add(counts: Map<string, number>, name: string, change: number): void {
  const count = (counts.get(name) ?? 0) + change;
  if (count === 0) {
    counts.delete(name);
  } else {
    counts.set(name, count);
  }
}

function addAll(total: Map<string, number>, counts: ReadonlyMap<string, number>): void {
  for (const [name, count] of counts) {
    add(total, name, count);
  }
}

function countersOf(tenants: Iterable<readonly [string | undefined, Sums]>): Omit<NodeCounters, 'failedBuilds'> {
  const total = emptySums();
  const byTenant = new Map<string, number>();
  for (const [tenant, sums] of tenants) {
    total.instances += sums.instances;
    total.workload += sums.workload;
    total.ioWorkload += sums.ioWorkload;
    addAll(total.byVm, sums.byVm);
    addAll(total.byTask, sums.byTask);
    addAll(total.byOsType, sums.byOsType);
    if (tenant !== undefined) {
      byTenant.set(tenant, sums.instances);
    }
  }
  return {
    instances: total.instances,
    byVm: Object.fromEntries(total.byVm),
    byTask: Object.fromEntries(total.byTask),
    byOsType: Object.fromEntries(total.byOsType),
    byTenant: Object.fromEntries(byTenant),
    workload: total.workload,
    ioWorkload: total.ioWorkload,
  };
}
