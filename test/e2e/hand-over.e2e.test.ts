import { handOverSubject } from '@fleetbook/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addNodes } from '../support/fleet.ts';
import { startRawLoad } from '../support/raw-load.ts';
import type { ServiceUnderTest } from '../support/service-under-test.ts';
import { type ServicesOnServer, startServicesOnServer } from '../support/services-on-server.ts';
import { until } from '../support/until.ts';

const STEP = 100;
const CLIENTS = 16;
const CELL = 'handed';

let services: ServicesOnServer;

beforeAll(async () => {
  services = await startServicesOnServer();
});

afterAll(() => services?.stop());

async function startTracker(): Promise<ServiceUnderTest> {
  const tracker = services.spawn('tracker', CELL);
  await tracker.logged({ message: 'started' });
  return tracker;
}

/** Ends the process in office by SIGTERM, or has it hand over and go on beside the other. */
async function leave(inOffice: ServiceUnderTest, isEnded: boolean): Promise<ServiceUnderTest> {
  if (isEnded) {
    inOffice.kill('SIGTERM');
    expect(await inOffice.ended).toBe(0);
    return startTracker();
  }
  const reply = await services.bus.request(handOverSubject(CELL), '{}', 30_000);
  expect(reply).toMatchObject({ status: 'reply' });
  return inOffice;
}

describe('office handed over five times under load', () => {
  it('refuses and loses no request: each has one outcome, and nothing was sent twice', async () => {
    let [inOffice, standby] = [await startTracker(), await startTracker()];
    await inOffice.logged({ message: 'in office' });
    await addNodes(await services.connect(CELL), ['node-1']);
    const load = startRawLoad(services.bus, CELL, 'node-1', CLIENTS);
    const more = async (): Promise<void> => {
      const count = load.answered + STEP;
      await until(`${count} answers`, () => (load.answered >= count ? true : undefined));
    };
    for (let turn = 1; turn <= 5; turn += 1) {
      await more();
      const { epoch } = (await services.ask(CELL, 'writer', {})).answer;
      const next = await leave(inOffice, turn % 2 === 1);
      await until(`epoch ${epoch + 1}`, async () => {
        const { answer } = await services.ask(CELL, 'writer', {});
        return answer.epoch > epoch ? true : undefined;
      });
      [inOffice, standby] = [standby, next];
      // One that has just begun, or left, folds the log before it can follow.
      await until('a tracker that is ready to follow', async () => isCaughtUp(standby));
    }
    await more();
    const sent = await load.finish();
    const outcomes = new Set(sent.map(({ status, text }) => (text === '' ? status : Object(JSON.parse(text)).outcome)));
    expect(outcomes).toEqual(new Set(['accepted']));
    const { decisions, violations, replay, reference } = await services.readLog(CELL);
    expect(sent.filter(({ commandId }) => decisions.get(commandId) !== 1)).toEqual([]);
    expect(decisions.size).toBeGreaterThanOrEqual(sent.length);
    expect(violations).toEqual([]);
    const { answer } = await services.ask(CELL, 'writer', {});
    expect([answer.epoch, answer.digest, reference]).toEqual([6, replay, replay]);
    await Promise.all([inOffice.stop(), standby.stop()]);
  });
});

async function isCaughtUp(tracker: ServiceUnderTest): Promise<true | undefined> {
  const { phase, number } = Object(await tracker.facts());
  return phase === 'standing-by' && number > 0 ? true : undefined;
}
