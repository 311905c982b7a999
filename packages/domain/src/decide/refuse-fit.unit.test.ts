import { describe, expect, it } from 'vitest';
import type { Decision } from '../decision.ts';
import type { RejectionDetails } from '../event.ts';
import { AGENT, SCHEDULER, type Scenario, withNode } from '../testing/scenario.ts';
import { claimMoveOf, hold, SOURCE, withTwoNodes } from '../testing/two-nodes.ts';

const claim = (scenario: Scenario, instance: string, resources: Readonly<Record<string, number>>, claimId?: string) =>
  scenario.ask(SCHEDULER, { type: 'ClaimInstance', node: SOURCE, instance, request: { resources } }, claimId);

const detailsOf = (decision: Decision): RejectionDetails => {
  if (decision.kind !== 'rejected') throw new Error(decision.kind);
  return decision.rejection.details;
};

describe('a claim that does not fit', () => {
  it('is told who holds the class that is short, and nobody else', () => {
    const scenario = withNode();
    claim(scenario, 'in-memory', { MEMORY_MB: 16 });
    claim(scenario, 'on-both', { VCPU: 3, MEMORY_MB: 16 }, 'claim-1');
    claim(scenario, 'on-cpus', { VCPU: 4 }, 'claim-2');
    expect(detailsOf(claim(scenario, 'too-many', { VCPU: 2 }))).toMatchObject({
      rules: [{ class: 'VCPU', rule: 'NO_CAPACITY', headroom: 1 }],
      holders: [
        { instance: 'on-both', claimId: 'claim-1' },
        { instance: 'on-cpus', claimId: 'claim-2' },
      ],
    });
  });

  it('is told five of them, the first by instance, whatever the order of the claims', () => {
    const scenario = withNode();
    for (const place of [7, 3, 1, 8, 2, 5, 4, 6]) claim(scenario, `i-${place}`, { VCPU: 1 }, `claim-${place}`);
    const holders = [1, 2, 3, 4, 5].map((place) => ({ instance: `i-${place}`, claimId: `claim-${place}` }));
    expect(detailsOf(claim(scenario, 'too-late', { VCPU: 1 }))['holders']).toEqual(holders);
  });

  it('is told of sides of moves, too', () => {
    const scenario = withTwoNodes();
    hold(scenario, 'i-1', { VCPU: 2 });
    claimMoveOf(scenario, 'resize', { destination: SOURCE });
    expect(detailsOf(claim(scenario, 'i-2', { VCPU: 4 }))['holders']).toEqual([
      { instance: 'i-1', claimId: 'claim-i-1' },
      { instance: 'i-1', moveId: 'move-1', state: 'held' },
    ]);
  });

  it('is told who holds the provider that it names', () => {
    const scenario = withNode();
    const charge = (provider: string) => [{ provider, class: 'GPU_MILLI', amount: 1_000 }];
    const wanted = { type: 'ClaimInstance', node: SOURCE } as const;
    for (const gpu of ['gpu-0', 'gpu-1']) {
      scenario.given(AGENT, { ...wanted, instance: `on-${gpu}`, charge: charge(gpu) }, `claim-${gpu}`);
    }
    expect(detailsOf(scenario.ask(AGENT, { ...wanted, instance: 'third', charge: charge('gpu-1') }))).toMatchObject({
      holders: [{ instance: 'on-gpu-1', claimId: 'claim-gpu-1' }],
    });
  });

  it('names nobody when it is not somebody else who is in the way', () => {
    const scenario = withNode();
    claim(scenario, 'i-1', { VCPU: 8 });
    expect(detailsOf(claim(scenario, 'i-2', { CUSTOM_FPGA: 1 }))).not.toHaveProperty('holders');
  });

  it('gets no more than 2 KiB, however long the names are', () => {
    const scenario = withNode();
    for (let index = 0; index < 8; index += 1) {
      claim(scenario, `${index}${'x'.repeat(252)}`, { VCPU: 1 }, `${index}${'y'.repeat(252)}`);
    }
    const details = detailsOf(claim(scenario, 'i-1', { VCPU: 1 }));
    expect(JSON.stringify(details).length).toBeLessThanOrEqual(2_048);
    expect(details['holders']).toHaveLength(3);
  });
});
