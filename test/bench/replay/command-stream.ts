import { type Actor, type Command, isOpen, type Ledger, type ReportedProvider } from '@fleetbook/domain';

export interface Sent {
  readonly actor: Actor;
  readonly command: Command;
}

const ORIGIN = { client: 'bench', version: '0.0.0', host: 'localhost' };
const TENANTS = 40;
const GPUS = 4;

export function nodeId(index: number): string {
  return `node-${String(index).padStart(5, '0')}`;
}

function agentOf(node: string): Actor {
  return { role: 'agent', id: `agent-${node}` };
}

/** The commands that make a fleet: every eighth node has GPUs. */
export function* fleetCommands(nodes: number): Generator<Sent> {
  for (let index = 0; index < nodes; index += 1) {
    const node = nodeId(index);
    const actor = agentOf(node);
    yield { actor, command: { type: 'RegisterNode', origin: ORIGIN, node, bootId: 'boot-1' } };
    const report = {
      incarnation: 1,
      sequence: 1,
      mode: 'full',
      providers: providersOf(node, index % 8 === 0),
    } as const;
    yield { actor, command: { type: 'ReportInventory', origin: ORIGIN, node, ...report } };
  }
}

function providersOf(node: string, hasGpus: boolean): readonly ReportedProvider[] {
  const root: ReportedProvider = {
    id: node,
    inventories: [
      { class: 'VCPU', total: 96, allocationRatioMillionths: 2_000_000 },
      { class: 'MEMORY_MB', total: 393_216, reserved: 4_096 },
      { class: 'DISK_GB', total: 2_000 },
    ],
    traits: [],
    aggregates: [],
  };
  const gpus = Array.from({ length: hasGpus ? GPUS : 0 }, (_unused, index): ReportedProvider => {
    const inventories = [{ class: 'CUSTOM_GPU_MILLI', total: 1_000 }];
    return { id: `${node}.gpu${index}`, parent: node, inventories, traits: [], aggregates: [] };
  });
  return [root, ...gpus];
}

/** A life of claims, confirmations, drops, moves and refusals that keeps about so many instances per node. */
export class LifeOfFleet {
  readonly #random: () => number;
  readonly #nodes: number;
  readonly #wanted: number;
  readonly #live: string[] = [];
  readonly #moving: string[] = [];
  #made = 0;

  constructor(random: () => number, nodes: number, instancesPerNode: number) {
    this.#random = random;
    this.#nodes = nodes;
    this.#wanted = nodes * instancesPerNode;
  }

  next(ledger: Ledger): Sent {
    const dice = this.#random();
    if (dice < 0.3 && this.#moving.length > 0) {
      return this.#goOn(ledger) ?? this.#claim();
    }
    if (dice < 0.33) {
      return this.#move(ledger) ?? this.#claim();
    }
    const isFull = this.#live.length >= this.#wanted;
    return (dice < (isFull ? 0.75 : 0.45) ? this.#drop(ledger) : undefined) ?? this.#claim();
  }

  /** What is confirmed is chosen by the caller: the claim that was just made, mostly. */
  confirm(ledger: Ledger, instance: string): Sent | undefined {
    const record = ledger.instances.get(instance);
    if (record?.status !== 'held') {
      return undefined;
    }
    const { node, claimId } = record.claim;
    return { actor: agentOf(node), command: { type: 'ConfirmClaim', origin: ORIGIN, node, instance, claimId } };
  }

  #claim(): Sent {
    this.#made += 1;
    const instance = `job-${this.#made}`;
    this.#live.push(instance);
    const node = nodeId(this.#pick(this.#nodes));
    const vcpus = 2 ** this.#pick(5);
    const resources = { VCPU: vcpus, MEMORY_MB: vcpus * 2_048, DISK_GB: 20 };
    const tenant = `tenant-${this.#pick(TENANTS)}`;
    const actor: Actor = { role: 'scheduler', id: 'scheduler-1' };
    return {
      actor,
      command: { type: 'ClaimInstance', origin: ORIGIN, node, instance, tenant, request: { resources } },
    };
  }

  #drop(ledger: Ledger): Sent | undefined {
    const instance = this.#take(this.#live);
    const record = instance === undefined ? undefined : ledger.instances.get(instance);
    if (instance === undefined || record?.status !== 'held') {
      return undefined;
    }
    const { node, claimId } = record.claim;
    return { actor: agentOf(node), command: { type: 'DropInstance', origin: ORIGIN, node, instance, claimId } };
  }

  #move(ledger: Ledger): Sent | undefined {
    const instance = this.#live[this.#pick(this.#live.length)];
    const record = instance === undefined ? undefined : ledger.instances.get(instance);
    if (instance === undefined || record?.status !== 'held' || record.moveId !== undefined) {
      return undefined;
    }
    this.#moving.push(instance);
    const { node: source, claimId } = record.claim;
    const place = { source, claimId, destination: nodeId(this.#pick(this.#nodes)) };
    const request = { resources: { VCPU: 2, MEMORY_MB: 4_096, DISK_GB: 20 } };
    const actor: Actor = { role: 'scheduler', id: 'scheduler-1' };
    return { actor, command: { type: 'ClaimMove', origin: ORIGIN, kind: 'cold', instance, ...place, request } };
  }

  /** The next step of a move that is open. */
  #goOn(ledger: Ledger): Sent | undefined {
    const instance = this.#take(this.#moving);
    const record = instance === undefined ? undefined : ledger.instances.get(instance);
    const move = record?.status === 'held' ? ledger.moves.get(record.moveId ?? '') : undefined;
    if (instance === undefined || move === undefined || !isOpen(move)) {
      return undefined;
    }
    this.#moving.push(instance);
    const named = { origin: ORIGIN, instance, moveId: move.id } as const;
    const destination = agentOf(move.destination);
    switch (move.state) {
      case 'claimed':
        return { actor: destination, command: { type: 'AdvanceMove', ...named, to: 'prepared' } };
      case 'prepared':
        return { actor: destination, command: { type: 'AdvanceMove', ...named, to: 'running' } };
      case 'running':
        return { actor: destination, command: { type: 'AdvanceMove', ...named, to: 'switched' } };
      case 'switched':
        return { actor: destination, command: { type: 'AdvanceMove', ...named, to: 'finished' } };
      default:
        // The agent of the source frees what is left there: confirmed by another, that would be held for ever.
        return { actor: agentOf(move.source ?? move.destination), command: { type: 'ConfirmMove', ...named } };
    }
  }

  #pick(count: number): number {
    return Math.floor(this.#random() * count);
  }

  /** Takes a random one out, without keeping the order. */
  #take(list: string[]): string | undefined {
    const place = this.#pick(list.length);
    const taken = list[place];
    const last = list.pop();
    if (last !== undefined && place < list.length) {
      list[place] = last;
    }
    return taken;
  }
}
