import { resolve } from 'node:path';
import { isCellName } from '@fleetbook/contracts';
import { type Call, type Ending, OK, type Run, usageFailure } from '../call.ts';
import { styled } from '../output/table.ts';
import { type RunningCell, startCell } from '../run/cell.ts';
import type { ServiceEvent } from '../run/supervisor.ts';
import { readConfig } from '../session/config.ts';

const DEFAULT_PORT = 4222;

export const up: Run = async (call) => {
  const config = readConfig(call.environment);
  if (!config.ok) {
    return { failure: config.error };
  }
  const cell = call.args.text('cell') ?? config.value.cell;
  if (!isCellName(cell)) {
    return { failure: usageFailure('--cell is 1 to 32 letters, digits, _ or -') };
  }
  const started = await startCell({
    directory: resolve(call.directory, call.args.text('data') ?? config.value.data),
    cell,
    config: config.value,
    environment: call.environment,
    port: call.args.number('port') ?? DEFAULT_PORT,
    trackers: call.args.number('trackers') ?? 1,
    onEvent: (event) => report(call, event),
  });
  if (!started.ok) {
    return { failure: started.error };
  }
  return runUntilStopped(call, started.value);
};

async function runUntilStopped(call: Call, cell: RunningCell): Promise<Ending> {
  const stopped = new Promise<undefined>((resolve) => {
    call.stop.addEventListener('abort', () => resolve(undefined));
    if (call.stop.aborted) {
      resolve(undefined);
    }
  });
  const inOffice = Promise.race(cell.trackers.map((tracker) => tracker.whenReady()));
  void Promise.all([inOffice, cell.projector.whenReady()]).then(() => welcome(call, cell));
  try {
    const failure = await Promise.race([stopped, cell.failed]);
    return failure === undefined ? OK : { failure };
  } finally {
    await cell.stop();
  }
}

function welcome(call: Call, { endpoint, directory, trackers, projector }: RunningCell): void {
  if (call.args.isSet('json')) {
    call.terminal.print(JSON.stringify({ type: 'up', cell: endpoint.cell, natsUrl: endpoint.natsUrl, directory }));
    return;
  }
  const { terminal } = call;
  terminal.print(`cell ${endpoint.cell} is up: ${endpoint.natsUrl}, data in ${directory}`);
  terminal.print(`logs: ${[...trackers, projector].map(({ logFile }) => logFile).join(', ')}`);
  terminal.print('In another terminal: fleetbook status. Ctrl-C stops everything.');
}

function report(call: Call, event: ServiceEvent): void {
  const { terminal } = call;
  if (call.args.isSet('json')) {
    terminal.print(JSON.stringify(event));
    return;
  }
  terminal.print(lineOf(event, (text) => styled(terminal, isTrouble(event) ? 'yellow' : 'dim', text)));
}

function isTrouble(event: ServiceEvent): boolean {
  return event.type === 'ended' || event.type === 'waiting' || (event.type === 'stopped' && event.reason !== undefined);
}

function lineOf(event: ServiceEvent, style: (text: string) => string): string {
  const head = `${event.service.padEnd(11)}  ${style(event.type.padEnd(7))}  process ${event.pid}`;
  switch (event.type) {
    case 'started':
      return `${head}, port ${'natsPort' in event ? event.natsPort : event.httpPort}`;
    case 'ended':
      return `${head}: ${event.reason}${event.isRestarted ? '; it is started again' : ''}`;
    case 'waiting':
      return `${head}: ${event.reason}`;
    case 'stopped':
      return event.reason === undefined ? head : `${head}: not in order, ${event.reason}`;
    case 'ready':
      return head;
  }
}
