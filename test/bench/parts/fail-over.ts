import type { Bench } from '../bench.ts';
import { type FailOverFigures, measureFailOver } from '../measure/fail-over.ts';
import { median } from '../measure/sample.ts';
import type { Found } from '../report/findings.ts';
import { rounded } from '../report/numbers.ts';

/** How long nothing is accepted when the writer in office dies, or hands over. */
export async function failOverPart(bench: Bench): Promise<void> {
  const { directory: parent, options, rounds, signal } = bench;
  await bench.closeCell();
  await bench.findings.step('failover', async () => {
    const settings = { parent, signal, kills: options.kills, onTurn: rounds.onRun };
    return foundOf(await measureFailOver(settings));
  });
}

function foundOf({ killed, handedOver, accepted }: FailOverFigures): Found {
  const whole = (gapsMs: readonly number[]) => ({
    turns: gapsMs.length,
    p50Ms: rounded(median(gapsMs)),
    maxMs: rounded(Math.max(...gapsMs)),
  });
  const line = (what: string, gapsMs: readonly number[]): string => {
    const figures = `p50 ${Math.round(median(gapsMs))} ms, longest ${Math.round(Math.max(...gapsMs))} ms`;
    return `${what.padEnd(30)} ${`${gapsMs.length} times`.padEnd(30)} ${figures} without an accepted claim`;
  };
  const wasHandedOver = handedOver.length > 0;
  return {
    json: {
      failOver: { killed: whole(killed), ...(wasHandedOver ? { handedOver: whole(handedOver) } : {}), accepted },
    },
    lines: [line('writer killed', killed), ...(wasHandedOver ? [line('office handed over', handedOver)] : [])],
  };
}
