import type { CommandType } from '@fleetbook/domain';

const envelope = {
  commandId: '0f6c1a2e-7d1b-4c58-9a57-3f0d6b1c2a90',
  issuedAt: 1_795_000_000_000,
  origin: { client: 'fleet-agent', version: '1.4.0', host: 'rack1-host17.example.net' },
};

const claim = { node: 'host-17', instance: 'vm-4711', claimId: '7be1c3f4-21aa-4a7b-8f0e-5d2a9c3b6e10' };

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
  },
  ConfirmClaim: { ...envelope, ...claim },
  AbortClaim: { ...envelope, ...claim },
  DropInstance: { ...envelope, ...claim },
};
