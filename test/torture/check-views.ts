import { LogDamageError, LogUnavailableError, ORIGIN } from '@fleetbook/event-log';
import type { LogReading } from '../support/log-reading.ts';
import type { TorturedServices } from './services.ts';

/** Queries go to either projector by chance. */
const DIGEST_QUESTIONS = 12;

const NOTHING: LogReading = {
  ...{ events: [], end: ORIGIN, replay: 'none', reference: 'none', violations: [], decisions: new Map() },
};

/** Everybody's view of the same end of the log. Who cannot be asked, or read, is among what is wrong. */
export async function checkViews(services: TorturedServices) {
  const asked = await askAll(services).catch((error: unknown) => ({ digests: [], epoch: 0, wrong: [String(error)] }));
  const { reading, unread } = await readLog(services);
  const digests = new Set([...asked.digests, reading.replay, reading.reference]);
  const wrong = [
    ...asked.wrong,
    ...unread,
    ...reading.violations,
    ...(digests.size === 1 ? [] : [`digests differ: ${[...digests].join(', ')}`]),
    ...[...reading.decisions].filter(([, count]) => count > 1).map(([id, count]) => `${id} is decided ${count} times`),
  ];
  return { reading, wrong, digestsAgree: digests.size === 1 && asked.digests.length > 0, epoch: asked.epoch };
}

/** Of a log that is gone or damaged nothing is read: then everything that was acknowledged is missing. */
async function readLog({ at, cell }: TorturedServices) {
  try {
    return { reading: await at.readLog(cell), unread: [] };
  } catch (error) {
    if (error instanceof LogUnavailableError || error instanceof LogDamageError) {
      return { reading: NOTHING, unread: [`the log cannot be read: ${error.message}`] };
    }
    throw error;
  }
}

interface Asked {
  readonly digests: readonly string[];
  readonly epoch: number;
  readonly wrong: readonly string[];
}

async function askAll(services: TorturedServices): Promise<Asked> {
  const { at, cell } = services;
  const ended = await services.endedByThemselves();
  if (ended.length > 0) {
    return { digests: [], epoch: 0, wrong: ended };
  }
  await services.whenAllReady();
  const { answer: writer } = await at.ask(cell, 'writer', {});
  const atLeast = `${writer.historyId}.${writer.number}`;
  const digests = [writer.digest];
  for (let question = 0; question < DIGEST_QUESTIONS; question += 1) {
    digests.push((await at.ask(cell, 'digest', { atLeast })).answer.digest);
  }
  return { digests, epoch: writer.epoch, wrong: [] };
}
