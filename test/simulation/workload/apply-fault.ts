import { commandSubject } from '@fleetbook/contracts';
import type { AppendFault } from '@fleetbook/event-log/memory';
import type { MachineClock, SimulatedProcess } from '../world/process.ts';
import { CELL } from '../world/tracker-machine.ts';
import type { World } from '../world/world.ts';
import { type Fault, type FaultKind, IN_OFFICE } from './fault-plan.ts';
import { forgeCheckpoint } from './forge-checkpoint.ts';

const WORST_LOSS = 0.5;
const WORST_DELAY_MS = 400;
const LONGEST_JUMP_MS = 30_000;
const MOST_IO = 12;
const MOST_COMMITS_LOST = 6;
/** More than the queue of a tracker holds here, and than an actor may be refused at once. */
const FEWEST_OF_FLOOD = 300;
const FLOODER = { client: 'flooder', version: '1', host: 'simulation' };

/** False when there is nothing there that it could befall. */
type Effect = (world: World, fault: Fault) => boolean;

const EFFECTS: Readonly<Record<FaultKind, Effect>> = {
  loss: weather((fault) => ({ lossRate: fault.amount * WORST_LOSS })),
  duplicates: weather((fault) => ({ duplicateRate: fault.amount })),
  reordering: weather((fault) => ({ reorderRate: fault.amount })),
  delay: weather((fault) => ({ delayMs: fault.amount * WORST_DELAY_MS })),
  'append-unknown-before': append('unknown-before'),
  'append-unknown-after': append('unknown-after'),
  'append-late': append('late'),
  'append-hold': append('hold'),
  'append-hang': append('hang'),
  'append-conflict': append('conflict'),
  split: (world, { amount, durationMs }) => {
    const { island } = world.network;
    const machines = [...world.services, ...world.clients.map(({ process }) => process)];
    for (const [place, { name }] of machines.entries()) {
      if ((Math.floor(amount * 2 ** machines.length) >> place) & 1) {
        island.add(name);
      }
    }
    world.later(durationMs, 'the network is one', () => island.clear());
    return true;
  },
  'broadcasts-lost': (world, { durationMs }) => {
    world.network.areBroadcastsLost = true;
    world.later(durationMs, 'everybody is heard', () => {
      world.network.areBroadcastsLost = false;
    });
    return true;
  },
  'log-down': (world, { durationMs }) => {
    const { faults } = world.logServer;
    faults.setAvailable(false);
    world.later(durationMs, 'log is up', () => faults.setAvailable(true));
    return true;
  },
  crash: onService((_world, _fault, process) => process.kill()),
  'crash-between-io': onService((_world, { amount }, process) => process.dieAfter(Math.floor(amount * MOST_IO))),
  'power-cut': (world, { machine }) => {
    const found = world.services.find(({ name }) => name === machine);
    found?.kill();
    found?.disk.cutPower();
    return found !== undefined;
  },
  'planned-stop': (world, { machine }) => {
    const found = world.services.find(({ name }) => name === machine);
    found?.replace();
    return found?.process !== undefined;
  },
  pause: onService((world, { durationMs, machine }, process) => {
    process.pause();
    world.later(durationMs, `${machine} goes on`, () => process.resume());
  }),
  'bus-partition': (world, fault) => cut(world, world.network.cutOff, fault),
  'log-partition': (world, fault) => cut(world, world.logServer.cutOff, fault),
  'slow-log': (world, { machine, amount, durationMs }) => {
    const { delayMs } = world.logServer;
    delayMs.set(machine, amount * WORST_DELAY_MS);
    world.later(durationMs, `log of ${machine} is fast`, () => delayMs.delete(machine));
    return true;
  },
  'clock-jump': onClock((_world, { amount }, clock) => clock.jump(Math.round((amount - 0.5) * 2 * LONGEST_JUMP_MS))),
  'clock-freeze': onClock((world, { durationMs, machine }, clock) => {
    clock.freeze();
    world.later(durationMs, `clock of ${machine} goes on`, () => clock.thaw());
  }),
  'disk-full': diskTrouble('full'),
  'sync-fails': diskTrouble('sync-fails'),
  'disk-bit-flip': (world, { machine }) => {
    const found = world.services.find(({ name }) => name === machine);
    return found?.disk.flipBit() ?? false;
  },
  'snapshot-restored-from-copy': (world, { machine }) => {
    const found = world.services.find(({ name }) => name === machine);
    const isDone = found?.disk.restoreFirst('snapshot-') ?? false;
    found?.kill();
    return isDone;
  },
  rebuild: (world, { machine }) => world.projectors.find(({ name }) => name === machine)?.rebuild() ?? false,
  'record-altered': ({ projectors, observer }, { machine, amount }) => {
    const altered = projectors.find(({ name }) => name === machine)?.alterRecord(amount);
    if (altered !== undefined) {
      observer.altered.add(altered);
    }
    return altered !== undefined;
  },
  'wrong-checkpoint': (world) => forgeCheckpoint(world),
  flood: (world, { machine, amount }) => {
    const client = world.clients.find(({ process }) => process.name === machine);
    const messages = FEWEST_OF_FLOOD + Math.floor(amount * FEWEST_OF_FLOOD);
    for (let sent = 0; client !== undefined && sent < messages; sent += 1) {
      const commandId = client.process.ids.next();
      const body = { commandId, issuedAt: client.process.clock.now(), origin: FLOODER, node: 'nowhere' };
      client.sendBytes(
        commandSubject(CELL, 'operator', FLOODER.client, 'EnableNode'),
        Buffer.from(JSON.stringify(body)),
      );
    }
    return client !== undefined;
  },
  'log-bit-flip': ({ logServer, observer }, { amount }) => {
    const { length } = logServer.store.commits;
    const place = 1 + Math.floor(amount * length);
    const bytes = logServer.store.commits[place - 1]?.bytes;
    if (bytes === undefined) {
      return false;
    }
    logServer.flipByte(place, Math.floor(amount * 7_919) % bytes.length);
    observer.isDamaged = true;
    return true;
  },
  'log-suffix-lost': (world, { amount }) => loseCommits(world, 1 + Math.floor(amount * MOST_COMMITS_LOST)),
  'log-restored-from-copy': (world, { amount }) =>
    loseCommits(world, Math.floor(amount * world.logServer.store.commits.length)),
};

/** Does the fault to the world; false when there is nothing there that it could befall. */
export function applyFault(world: World, fault: Fault): boolean {
  const machine = fault.machine === IN_OFFICE ? officeOf(world) : fault.machine;
  world.scheduler.note(`fault ${JSON.stringify({ ...fault, machine })}`);
  return machine !== undefined && EFFECTS[fault.kind](world, { ...fault, machine });
}

function officeOf({ trackers }: World): string | undefined {
  return trackers.find(({ running }) => running?.status().phase === 'in-office')?.name;
}

function weather(change: (fault: Fault) => Partial<World['network']['weather']>): Effect {
  return (world, fault) => {
    const changed = change(fault);
    Object.assign(world.network.weather, changed);
    world.later(fault.durationMs, 'the weather clears', () => {
      Object.assign(world.network.weather, Object.fromEntries(Object.keys(changed).map((name) => [name, 0])));
    });
    return true;
  };
}

function append(kind: AppendFault): Effect {
  return (world, { machine }) => {
    world.logServer.breakNextAppend(machine, kind);
    return true;
  };
}

function onService(effect: (world: World, fault: Fault, process: SimulatedProcess) => void): Effect {
  return (world, fault) => {
    const process = world.services.find(({ name }) => name === fault.machine)?.process;
    if (process === undefined) {
      return false;
    }
    effect(world, fault, process);
    return true;
  };
}

function onClock(effect: (world: World, fault: Fault, clock: MachineClock) => void): Effect {
  return (world, fault) => {
    const service = world.services.find(({ name }) => name === fault.machine);
    const clock = service?.clock ?? world.clients.find(({ process }) => process.name === fault.machine)?.clock;
    if (clock === undefined) {
      return false;
    }
    effect(world, fault, clock);
    return true;
  };
}

function cut(world: World, cutOff: Set<string>, { machine, durationMs }: Fault): boolean {
  cutOff.add(machine);
  world.later(durationMs, `${machine} is connected`, () => cutOff.delete(machine));
  return true;
}

function diskTrouble(trouble: 'full' | 'sync-fails'): Effect {
  return (world, { machine, durationMs }) => {
    const disk = world.services.find(({ name }) => name === machine)?.disk;
    if (disk === undefined) {
      return false;
    }
    disk.trouble = trouble;
    world.later(durationMs, `disk of ${machine} is well`, () => {
      disk.trouble = undefined;
    });
    return true;
  };
}

/** Whoever follows the log hears of it as of any change; the rest when they next ask. */
function loseCommits({ logServer, observer }: World, count: number): boolean {
  const { length } = logServer.store.commits;
  const kept = Math.max(0, length - count);
  if (kept === length || kept === 0) {
    return false;
  }
  observer.noteLoss(kept);
  logServer.faults.truncate(kept);
  return true;
}
