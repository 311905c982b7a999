import { accepted, agentOf, type Guest, operatorOf, type Stage } from './actors.ts';

export interface Healing {
  readonly found: number;
  readonly healed: number;
}

const numberOf = (token: string | undefined): number => Number(token?.split('.').at(-1) ?? 0);

/**
 * An operator asks for the end of a guest, which only turns its charge `releasing`; the guest stops without its agent
 * saying so, and another one that nobody claimed runs beside it. The agent's next report of its guests shows both.
 */
export const driftAndHeal = async (
  stage: Stage,
  node: string,
  guests: readonly Guest[],
  incarnation: number,
): Promise<Healing> => {
  const [stopped, ...running] = guests;
  if (stopped === undefined) {
    return { found: 0, healed: 0 };
  }
  const operator = operatorOf(stage);
  const agent = agentOf(stage, node);
  const { instance, claimId } = stopped;
  await accepted(stage, operator.send('SetDriftPolicy', { node, policy: 'heal-safe' }));
  await accepted(stage, operator.send('DropInstance', { node, instance, claimId }));
  const report = await accepted(
    stage,
    agent.send('ReportGuests', {
      node,
      incarnation,
      complete: true,
      takenAt: numberOf(operator.token()),
      guests: [...running.map((guest) => ({ instance: guest.instance })), { instance: `${node}:stray-guest` }],
    }),
  );
  return report.type === 'ReportGuests' ? { found: report.found, healed: report.healed } : { found: 0, healed: 0 };
};
