import type { CommandType } from '@fleetbook/domain';

const envelope = {
  commandId: '0f6c1a2e-7d1b-4c58-9a57-3f0d6b1c2a90',
  issuedAt: 1_795_000_000_000,
  origin: { client: 'fleet-agent', version: '1.4.0', host: 'rack1-host17.example.net' },
};

const claim = { node: 'host-17', instance: 'vm-4711', claimId: '7be1c3f4-21aa-4a7b-8f0e-5d2a9c3b6e10' };

const move = { instance: 'vm-4711', moveId: '3f2a9c1e-5b7d-4e60-8a13-c4d5e6f70819' };

/** One valid wire body of every command, for tests: as an agent in any language would send it. */
export const SAMPLE_BODIES: Readonly<Record<CommandType, Readonly<Record<string, unknown>>>> = {
  RegisterNode: { ...envelope, node: 'host-17', bootId: '5d0c9b1e-33f2-4b7d-8a44-90c1e2f3a4b5' },
  ReportInventory: {
    ...envelope,
    node: 'host-17',
    incarnation: 1,
    sequence: 1,
    mode: 'full',
    providers: [
      {
        id: 'host-17',
        inventories: [
          { class: 'VCPU', total: 64, reserved: 2, maxUnit: 64, allocationRatio: 1.4 },
          { class: 'MEMORY_MB', total: 262_144, reserved: 4_096, minUnit: 128, stepSize: 128 },
        ],
        traits: ['HW_CPU_X86_AVX2'],
        aggregates: ['rack-1'],
      },
      {
        id: 'host-17:0000:3b:00.0',
        parent: 'host-17',
        inventories: [{ class: 'CUSTOM_GPU', total: 2, units: ['gpu-0', 'gpu-1'] }],
      },
    ],
  },
  EnableNode: { ...envelope, node: 'host-17' },
  DisableNode: { ...envelope, node: 'host-17', reason: 'Firmware update, ticket 4711' },
  RetireNode: { ...envelope, node: 'host-17' },
  MarkNodeDown: { ...envelope, node: 'host-17', reason: 'No heartbeat, power cut off', fenced: true },
  RevokeCheckpoint: { ...envelope, upTo: 131_072, reason: 'The writer had a failing memory module' },
  TransferNode: { ...envelope, node: 'host-17', owner: 'agent-18' },
  SetInventoryPolicy: {
    ...envelope,
    node: 'host-17',
    policies: [
      { provider: 'host-17', class: 'VCPU', reserved: 4, allocationRatio: 2.5 },
      { provider: 'host-17', class: 'MEMORY_MB', allocationRatio: 1.05 },
    ],
  },
  SetAggregates: { ...envelope, node: 'host-17', provider: 'host-17', aggregates: ['rack-1', 'room-2'] },
  SetOverlay: {
    ...envelope,
    node: 'host-17',
    targets: [
      { inventories: [{ class: 'CUSTOM_LICENCE', total: 4, allocationRatio: 1.5 }], traits: ['CUSTOM_GOLD'] },
      { provider: 'host-17:0000:3b:00.0', inventories: [] },
    ],
  },
  SetDriftPolicy: { ...envelope, node: 'host-17', policy: 'heal-all', mayFree: 12 },
  Reshape: {
    ...envelope,
    node: 'host-17',
    incarnation: 1,
    rules: [
      { class: 'VCPU', from: 'host-17', to: 'host-17:numa-0' },
      {
        class: 'CUSTOM_GPU',
        from: 'host-17',
        to: 'host-17:0000:3b:00.0',
        owners: [{ instance: 'vm-4711', moveId: 'move-1', amount: 1, units: ['gpu-0'] }, { instance: 'vm-4712' }],
      },
    ],
  },
  ReportBuildResult: { ...envelope, node: 'host-17', instance: 'vm-4711', result: 'failed' },
  ReportInstanceState: {
    ...envelope,
    ...claim,
    state: { vm: 'active', task: 'image_snapshot', osType: 'linux' },
  },
  ReportGuests: {
    ...envelope,
    node: 'host-17',
    incarnation: 1,
    complete: true,
    takenAt: 4_711,
    guests: [
      { instance: 'vm-4711' },
      { instance: 'vm-4712', charge: [{ provider: 'host-17', class: 'VCPU', amount: 4 }] },
    ],
  },
  ClaimInstance: {
    ...envelope,
    correlationId: 'order-2026-11-21.77',
    node: 'host-17',
    instance: 'vm-4711',
    tenant: 'team-a',
    labels: { 'app.example.com/tier': 'web' },
    request: {
      resources: { VCPU: 4, MEMORY_MB: 8_192 },
      traits: { required: ['HW_CPU_X86_AVX2'] },
      groups: [{ name: 'gpu', resources: { CUSTOM_GPU: 1 }, count: 1, isolate: true }],
    },
    ttlMs: 60_000,
    alternates: ['host-18', 'host-19'],
    groups: [{ id: 'web', rule: 'anti-affinity', maxPerNode: 2 }],
  },
  ConfirmClaim: { ...envelope, ...claim },
  AbortClaim: { ...envelope, ...claim },
  DropInstance: { ...envelope, ...claim },
  ShelveOffload: { ...envelope, ...claim, incarnation: 2 },
  RebuildInstance: { ...envelope, ...claim, stage: 'before', request: { resources: { VCPU: 8 } } },
  AdoptInstance: {
    ...envelope,
    node: 'host-17',
    instance: 'vm-4713',
    tenant: 'team-a',
    labels: { 'app.example.com/tier': 'web' },
    charge: [{ provider: 'host-17', class: 'VCPU', amount: 4 }],
  },
  ForceDrop: { ...envelope, ...claim, reason: 'Host burnt down' },
  ClaimMove: {
    ...envelope,
    kind: 'cold',
    instance: 'vm-4711',
    source: 'host-17',
    claimId: '7be1c3f4-21aa-4a7b-8f0e-5d2a9c3b6e10',
    destination: 'host-18',
    request: { resources: { VCPU: 8 } },
    replace: true,
  },
  AdvanceMove: { ...envelope, ...move, to: 'prepared' },
  ConfirmMove: { ...envelope, ...move, incarnation: 2 },
  RevertMove: { ...envelope, ...move },
  FailMove: { ...envelope, ...move, incarnation: 2, reason: 'Disk copy broke off' },
  CancelMove: { ...envelope, ...move },
  DropMoveClaim: { ...envelope, ...move, incarnation: 2, side: 'source', state: 'completed' },
  AtomicBatch: {
    ...envelope,
    correlationId: 'swap-1',
    commands: [
      { type: 'AbortClaim', ...claim },
      {
        type: 'ClaimMove',
        kind: 'unshelve',
        instance: 'vm-4714',
        destination: 'host-17',
        request: { resources: { VCPU: 2 } },
      },
      {
        type: 'ClaimInstance',
        node: 'host-17',
        instance: 'vm-4715',
        charge: [{ provider: 'host-17', class: 'CUSTOM_GPU', amount: 1, units: ['gpu-0'] }],
      },
    ],
  },
};
