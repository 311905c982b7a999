import type { FleetbookClient } from '@fleetbook/client';
import { parseToken } from '@fleetbook/contracts';
import type { Guest as ReportedGuest } from '@fleetbook/domain';
import { CPU_CLASS } from '../openb/to-ledger.ts';
import { accepted, agentOf, operatorOf, type Stage } from './actors.ts';

/** A heal that frees more than is freed unasked. */
export interface LargeHeal {
  /** Charges that the refused heal would have freed, and how many are freed unasked. */
  readonly count: number;
  readonly limit: number;
  /** Once an operator had stated the number. */
  readonly freed: number;
}

/** What the log tells of the drifts of the act. */
export interface Healing {
  readonly node: string;
  /** By kind. */
  readonly found: Readonly<Record<string, number>>;
  /** By policy, then by kind. */
  readonly healed: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly large: LargeHeal;
  /** Kinds of the drifts that are left for somebody to look at. */
  readonly open: readonly string[];
}

/** A host that is back after its guests were evacuated. */
export interface ReturnedNode {
  readonly node: string;
  readonly incarnation: number;
}

interface DriftingNode {
  readonly stage: Stage;
  readonly node: string;
  readonly incarnation: number;
}

const ADOPTED_CPU_MILLI = 10;

const numberOf = (client: FleetbookClient): number => parseToken(client.token() ?? '')?.number ?? 0;

const smallCharge = (node: string, amount = ADOPTED_CPU_MILLI) => [{ provider: node, class: CPU_CLASS, amount }];

const heldOn = async ({ stage, node }: DriftingNode): Promise<readonly string[]> => {
  const reply = await operatorOf(stage).ask('node', { node });
  if (reply.outcome === 'error') {
    throw new Error(`node ${node} could not be asked for: ${JSON.stringify(reply.error)}`);
  }
  return reply.answer.held.map(({ instance }) => instance);
};

/** Guests that run on the node already, taken into the ledger by an operator. */
const adopt = async ({ stage, node }: DriftingNode, count: number): Promise<ReadonlyMap<string, string>> => {
  const claims = new Map<string, string>();
  for (let index = 0; index < count; index += 1) {
    const instance = `${node}:guest-${index}`;
    const sent = operatorOf(stage).send('AdoptInstance', { node, instance, charge: smallCharge(node) });
    const adopted = await accepted(stage, sent);
    if (adopted.type === 'AdoptInstance') {
      claims.set(instance, adopted.claimId);
    }
  }
  return claims;
};

/** An operator may only wish for the end of a guest: its charge turns `releasing`. */
const askForTheEnd = async ({ stage, node }: DriftingNode, guests: Iterable<readonly [string, string]>) => {
  for (const [instance, claimId] of guests) {
    await accepted(stage, operatorOf(stage).send('DropInstance', { node, instance, claimId }));
  }
};

/** A complete list of what runs on the node, or one that says nothing of what it does not name. */
const report = (
  { stage, node, incarnation }: DriftingNode,
  guests: readonly ReportedGuest[],
  complete = true,
): ReturnType<FleetbookClient['send']> => {
  const agent = agentOf(stage, node);
  const takenAt = Math.max(numberOf(agent), numberOf(operatorOf(stage)));
  return agent.send('ReportGuests', { node, incarnation, complete, takenAt, guests });
};

const setPolicy = ({ stage, node }: DriftingNode, policy: 'heal-safe' | 'heal-all', mayFree?: number) => {
  const stated = mayFree === undefined ? {} : { mayFree };
  return accepted(stage, operatorOf(stage).send('SetDriftPolicy', { node, policy, ...stated }));
};

/** Many guests stopped without their agent saying so: freeing them takes an operator who states how many they are. */
const healMany = async (drifting: DriftingNode, guests: readonly ReportedGuest[]): Promise<LargeHeal> => {
  const { stage } = drifting;
  await accepted(stage, report(drifting, guests));
  const refused = await report(drifting, guests);
  stage.onCommand();
  const { count, limit } = refused.outcome === 'refused' ? refused.error.details : {};
  if (typeof count !== 'number' || typeof limit !== 'number') {
    throw new Error(`a heal was not refused for its size: ${JSON.stringify(refused)}`);
  }
  await setPolicy(drifting, 'heal-safe', count);
  const healed = await accepted(stage, report(drifting, guests));
  return { count, limit, freed: healed.type === 'ReportGuests' ? healed.healed : 0 };
};

const add = (counts: Record<string, number>, kind: string): void => {
  counts[kind] = (counts[kind] ?? 0) + 1;
};

/** Reads from the log what the reports of some nodes brought to light, and what was healed. */
const readDrifts = async (
  stage: Stage,
  nodes: readonly string[],
): Promise<Pick<Healing, 'found' | 'healed' | 'open'>> => {
  const found: Record<string, number> = {};
  const healed: Record<string, Record<string, number>> = {};
  const open: string[] = [];
  for (const node of nodes) {
    const [history, state] = await Promise.all([
      agentOf(stage, node).ask('history', { node, limit: 256 }),
      agentOf(stage, node).ask('node', { node }),
    ]);
    if (history.outcome === 'error' || state.outcome === 'error') {
      throw new Error(`the drifts of node ${node} could not be asked for`);
    }
    for (const { type, data } of history.answer.events.toReversed()) {
      if (type === 'DriftFound') {
        for (const { kind } of data.found) add(found, kind);
      } else if (type === 'DriftHealed') {
        healed[data.policy] ??= {};
        for (const { kind } of data.healed) add(healed[data.policy] ?? {}, kind);
      }
    }
    open.push(...state.answer.drifts.map(({ kind }) => kind));
  }
  return { found, healed, open };
};

/**
 * On one node a guest stops after an operator wished for its end, one stops by itself, one has grown, one runs that
 * nobody claimed, and one is seen on the returned host as well. Reports of guests show all of it; what is safe is
 * healed, then what an operator lets be healed, and at last more than is healed unasked.
 */
export const driftAndHeal = async (
  stage: Stage,
  node: string,
  incarnation: number,
  returned: ReturnedNode,
): Promise<Healing> => {
  const drifting: DriftingNode = { stage, node, incarnation };
  const held = await heldOn(drifting);
  const [seenTwice] = held;
  if (seenTwice === undefined) {
    throw new Error(`nothing is held on node ${node}`);
  }
  // More than a tenth of what is then held, and more than three.
  const manyCount = 4 + Math.ceil(held.length / 8);
  const [stopped, missing, grown, ...many] = await adopt(drifting, 3 + manyCount);
  if (stopped === undefined || missing === undefined || grown === undefined) {
    throw new Error(`nothing could be adopted on node ${node}`);
  }
  await setPolicy(drifting, 'heal-safe');
  await accepted(stage, report({ stage, ...returned }, [{ instance: seenTwice }], false));
  await askForTheEnd(drifting, [stopped]);
  const running: readonly ReportedGuest[] = [
    ...held.map((instance) => ({ instance })),
    { instance: grown[0], charge: smallCharge(node, 2 * ADOPTED_CPU_MILLI) },
    { instance: `${node}:stray-guest`, charge: smallCharge(node) },
  ];
  const listed = [...running, ...many.map(([instance]) => ({ instance }))];
  await accepted(stage, report(drifting, listed));
  await setPolicy(drifting, 'heal-all');
  await accepted(stage, report(drifting, listed));
  await setPolicy(drifting, 'heal-safe');
  await askForTheEnd(drifting, many);
  const large = await healMany(drifting, running);
  return { node, large, ...(await readDrifts(stage, [returned.node, node])) };
};
