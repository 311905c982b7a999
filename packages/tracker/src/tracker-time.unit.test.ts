import { apply, DEFAULT_POLICIES, emptyLedger, type LedgerEvent } from '@fleetbook/domain';
import { ledgerDigest } from '@fleetbook/snapshot';
import { describe, expect, it } from 'vitest';
import { decideDue } from './office/decide-due.ts';
import type { DecideDue } from './office/timed-decisions.ts';
import {
  claimInstance,
  command,
  dropInstance,
  message,
  OPERATOR,
  OTHER_AGENT,
  registerNode,
  reportInventory,
  SCHEDULER,
} from './testing/commands.ts';
import { createWorld, type TrackerVariation, type World } from './testing/world.ts';

const TTL_MS = 2_000;

async function startWithNode(variation?: TrackerVariation) {
  const world = createWorld();
  const started = await world.startInOffice(variation);
  const at = world.time.clock.now();
  await world.ask(message('register', at, registerNode('node-1')));
  await world.ask(message('report', at, reportInventory('node-1', 1_000)));
  return { world, ...started };
}

const claim = (world: World, instance: string, ttlMs = TTL_MS) =>
  message(`claim-${instance}`, world.time.clock.now(), { ...claimInstance('node-1', instance), ttlMs });

const confirm = (world: World, instance: string) =>
  message(
    `confirm-${instance}`,
    world.time.clock.now(),
    command({ type: 'ConfirmClaim', node: 'node-1', instance, claimId: `claim-${instance}` }),
  );

async function eventsOf(world: World, type: LedgerEvent['type']): Promise<readonly LedgerEvent[]> {
  return (await world.readEvents()).filter((event) => event.type === type);
}

const isExpiry = ({ type }: LedgerEvent): boolean => type === 'ClaimExpired';

async function claimMany(world: World, count: number, ttlMs = TTL_MS): Promise<void> {
  const sent = Array.from({ length: count }, (_, index) => world.send(claim(world, `i-${index}`, ttlMs)));
  await world.time.until(() => sent.every(({ replies }) => replies.length === 1));
}

function sendRefusals(world: World, name: string) {
  const drop = dropInstance('node-1', 'nobody', 'none');
  const at = world.time.clock.now();
  return Array.from({ length: 900 }, (_, index) => world.send(message(`${name}-${index}`, at, drop)));
}

async function status(world: World) {
  const replies = world.askWriter();
  await world.time.until(() => replies.length > 0);
  const [reply] = replies;
  if (reply?.outcome !== 'answer') {
    throw new Error(JSON.stringify(reply));
  }
  return reply.answer;
}

describe('claim with a time to live', () => {
  it('expires by a recorded decision of the writer, which is published and in the digest', async () => {
    const { world } = await startWithNode();
    await status(world);
    await world.ask(claim(world, 'i-1'));
    await world.time.pass(TTL_MS + 1_000);
    const [expired] = await eventsOf(world, 'ClaimExpired');
    expect(expired).toMatchObject({
      number: 7,
      commandId: 'ClaimExpired.7',
      actor: { role: 'system', id: 'writer-1' },
      data: { node: 'node-1', instance: 'i-1', claimId: 'claim-i-1' },
    });
    expect(world.bus.published.filter(({ subject }) => subject.endsWith('.ClaimExpired'))).toEqual([
      { subject: 'fleetbook.v1.main.event.node-1.ClaimExpired', text: JSON.stringify(expired) },
    ]);
    const ledger = emptyLedger();
    (await world.readEvents()).forEach((event) => void apply(ledger, event));
    expect(await status(world)).toMatchObject({ number: 7, digest: ledgerDigest(ledger) });
  });

  it('stays when it was confirmed in time, however long the log takes', async () => {
    const { world, log } = await startWithNode();
    await world.ask(claim(world, 'i-1'));
    log.appendFaults.next('hold');
    const confirmed = world.send(confirm(world, 'i-1'));
    await world.time.pass(TTL_MS * 3);
    log.appendFaults.release();
    await world.time.until(() => confirmed.replies.length > 0);
    expect(confirmed.replies[0]).toMatchObject({ outcome: 'accepted' });
    await world.time.pass(TTL_MS);
    expect(await eventsOf(world, 'ClaimExpired')).toEqual([]);
  });

  it('is lost to a confirm that comes after its end is decided, though not yet durable', async () => {
    const { world, log } = await startWithNode();
    await world.ask(claim(world, 'i-1'));
    log.appendFaults.next('hold');
    await world.time.pass(TTL_MS + 1_000);
    const late = world.send(confirm(world, 'i-1'));
    await world.time.settle();
    expect(late.replies).toEqual([]);
    log.appendFaults.release();
    await world.time.until(() => late.replies.length > 0);
    expect(late.replies[0]).toMatchObject({ outcome: 'refused', error: { code: 'CLAIM_NOT_FOUND' } });
  });

  it('stays when the confirm had arrived before its time was up, though nobody had looked at it', async () => {
    const { world } = await startWithNode();
    await world.ask(claim(world, 'i-1'));
    const confirmed = world.send(confirm(world, 'i-1'));
    world.time.advance(TTL_MS * 2);
    await world.time.until(() => confirmed.replies.length > 0);
    expect(confirmed.replies[0]).toMatchObject({ outcome: 'accepted' });
    expect(await eventsOf(world, 'ClaimExpired')).toEqual([]);
  });

  it.each([
    [TTL_MS, TTL_MS],
    [59_000, 59_000],
    [70_000, 60_000],
  ])('of %i ms expires no earlier than %i ms after a new writer took office', async (ttlMs, graceMs) => {
    const { world, kill } = await startWithNode();
    await world.ask(claim(world, 'i-1', ttlMs));
    await kill();
    world.time.advance(ttlMs);
    const next = await world.startInOffice();
    const elected = (await eventsOf(world, 'WriterElected')).at(-1);
    await world.time.pass(graceMs + 2_000);
    const [expired] = await eventsOf(world, 'ClaimExpired');
    expect(expired?.at).toBeGreaterThanOrEqual((elected?.at ?? 0) + graceMs);
    expect(expired?.at).toBeLessThan((elected?.at ?? 0) + graceMs + 1_000);
    expect(next.tracker.status.epoch).toBe(2);
  });

  it('is one of many that expire at once, a few at a turn, and all of them without delay', async () => {
    const { world } = await startWithNode();
    await claimMany(world, 900);
    await world.time.pass(TTL_MS + 1_000);
    const expired = (await world.readCommits()).map(({ events }) => events.filter(isExpiry).length);
    expect(expired.find((count) => count > 0)).toBe(64);
    expect(expired.reduce((sum, count) => sum + count, 0)).toBe(900);
  });

  it('is one of many that expire at once, and silent nodes are not looked for with each few of them', async () => {
    const looked: { readonly due: number; readonly unheard: number }[] = [];
    const watched: DecideDue = (ledger, facts) => {
      const due = decideDue(ledger, facts);
      looked.push({ due: due.length, unheard: [...facts.unheardSince(facts.at)].length });
      return due;
    };
    const { world } = await startWithNode({ decideDue: watched });
    await claimMany(world, 150);
    await world.time.pass(TTL_MS + 1_000);
    const begun = looked.findIndex(({ due }) => due > 0);
    expect(looked.slice(begun, begun + 4)).toEqual([
      { due: 64, unheard: 1 },
      { due: 64, unheard: 0 },
      { due: 22, unheard: 0 },
      { due: 0, unheard: 1 },
    ]);
  });

  it('expires though commands never cease to come', async () => {
    const { world, log } = await startWithNode();
    await world.ask(claim(world, 'i-1'));
    log.appendFaults.next('hold');
    const early = sendRefusals(world, 'early');
    await world.time.pass(TTL_MS + 1_000);
    const late = sendRefusals(world, 'late');
    log.appendFaults.release();
    await world.time.until(() => [...early, ...late].every(({ replies }) => replies.length === 1));
    const events = await world.readEvents();
    const place = events.findIndex(isExpiry);
    const before = events.slice(0, place).map(({ commandId }) => commandId);
    expect(place).toBeGreaterThan(0);
    expect(before).toContain('early-899');
    expect(before).not.toContain('late-899');
  });

  it.each(['unknown-before', 'unknown-after', 'conflict', 'late'] as const)(
    'expires once when the append of its end meets %s and the writer dies',
    async (fault) => {
      const { world, log, kill } = await startWithNode();
      await world.ask(claim(world, 'i-1'));
      log.appendFaults.next(fault);
      world.time.advance(TTL_MS);
      await world.time.settle();
      await kill();
      log.appendFaults.release();
      await world.startInOffice();
      await world.time.pass(TTL_MS + 1_000);
      expect(await eventsOf(world, 'ClaimExpired')).toHaveLength(1);
      expect((await status(world)).status).toBe('green');
    },
  );
});

describe('clock that cannot be trusted', () => {
  it.each([3_600_000, -3_600_000])('that jumped by %i ms decides nothing for a while, and says so', async (jumpMs) => {
    const { world } = await startWithNode();
    await world.ask(claim(world, 'i-1'));
    world.time.clock.setWall(world.time.clock.now() + jumpMs);
    await world.time.pass(50_000);
    expect(await eventsOf(world, 'ClaimExpired')).toEqual([]);
    const { checks, status: health } = await status(world);
    expect(health).toBe('red');
    expect(checks[0]).toMatchObject({ name: 'clock', status: 'red', reason: expect.any(String) });
  });

  it('is trusted again after a steady minute', async () => {
    const { world, logger } = await startWithNode();
    await world.ask(claim(world, 'i-1'));
    world.time.clock.setWall(world.time.clock.now() + 3_600_000);
    await world.time.pass(61_000);
    expect(await eventsOf(world, 'ClaimExpired')).toHaveLength(1);
    expect(await status(world)).toMatchObject({
      status: 'green',
      checks: ['clock', 'progress', 'checkpoints', 'high-water mark', 'snapshot'].map((name) => ({ name })),
    });
    expect(logger.lines.map(({ message: text }) => text)).toEqual(
      expect.arrayContaining(['decisions by time suspended', 'decisions by time resumed']),
    );
  });

  it('that is behind the ledger of the writer before decides nothing until it has caught up', async () => {
    const { world, kill } = await startWithNode();
    await world.ask(claim(world, 'i-1'));
    await kill();
    world.time.clock.setWall(world.time.clock.now() - 90_000);
    await world.startInOffice();
    await world.time.pass(80_000);
    expect(await eventsOf(world, 'ClaimExpired')).toEqual([]);
    expect((await status(world)).checks[0]).toMatchObject({ reason: expect.stringContaining('behind') });
    await world.time.pass(20_000);
    expect(await eventsOf(world, 'ClaimExpired')).toHaveLength(1);
  });
});

describe('move that stays finished', () => {
  const policies = { ...DEFAULT_POLICIES, autoConfirmAfterMs: 5_000 };

  async function finish(world: World): Promise<void> {
    const at = world.time.clock.now();
    await world.ask(message('register-2', at, registerNode('node-2'), OTHER_AGENT));
    await world.ask(message('report-2', at, reportInventory('node-2', 4), OTHER_AGENT));
    await world.ask(claim(world, 'i-1'));
    await world.ask(confirm(world, 'i-1'));
    const fields = {
      kind: 'cold',
      instance: 'i-1',
      source: 'node-1',
      claimId: 'claim-i-1',
      destination: 'node-2',
    } as const;
    await world.ask(message('move-1', at, command({ type: 'ClaimMove', ...fields }), SCHEDULER));
    for (const to of ['prepared', 'running', 'switched', 'finished'] as const) {
      const advance = command({ type: 'AdvanceMove', instance: 'i-1', moveId: 'move-1', to });
      expect(await world.ask(message(`to-${to}`, at, advance, OTHER_AGENT))).toMatchObject({ outcome: 'accepted' });
    }
  }

  const revert = command({ type: 'RevertMove', instance: 'i-1', moveId: 'move-1' });

  it('is confirmed by the writer, and a revert comes too late', async () => {
    const { world } = await startWithNode({ settings: { policies } });
    await finish(world);
    await world.time.pass(6_000);
    expect(await eventsOf(world, 'MoveAutoConfirmed')).toMatchObject([
      { actor: { role: 'system' }, data: { instance: 'i-1', moveId: 'move-1' } },
    ]);
    expect(await world.ask(message('revert', world.time.clock.now(), revert, OPERATOR))).toMatchObject({
      outcome: 'refused',
      error: { code: 'MOVE_STATE' },
    });
  });

  it('is reverted when that comes first', async () => {
    const { world } = await startWithNode({ settings: { policies } });
    await finish(world);
    await world.time.pass(4_000);
    expect(await world.ask(message('revert', world.time.clock.now(), revert, OPERATOR))).toMatchObject({
      outcome: 'accepted',
    });
    await world.time.pass(4_000);
    expect(await eventsOf(world, 'MoveAutoConfirmed')).toEqual([]);
  });
});

describe('node that falls silent', () => {
  const policies = { ...DEFAULT_POLICIES, reportIntervalMs: 10_000 };

  const reportAgain = (world: World, sequence: number) =>
    world.ask(message(`report-${sequence}`, world.time.clock.now(), reportInventory('node-1', 1_000, sequence)));

  it('is stale after three intervals without a report, also one that said nothing new', async () => {
    const { world } = await startWithNode({ settings: { policies } });
    await world.time.pass(25_000);
    expect(await reportAgain(world, 2)).toMatchObject({ outcome: 'unchanged' });
    await world.time.pass(29_000);
    expect(await eventsOf(world, 'InventoryStale')).toEqual([]);
    await world.time.pass(2_000);
    expect(await eventsOf(world, 'InventoryStale')).toMatchObject([
      { actor: { role: 'system' }, data: { node: 'node-1', reason: 'silent' } },
    ]);
    expect(await world.ask(claim(world, 'i-1'))).toMatchObject({ error: { code: 'INVENTORY_STALE' } });
    expect(await reportAgain(world, 3)).toMatchObject({ outcome: 'accepted' });
    expect(await world.ask(message('again', world.time.clock.now(), claimInstance('node-1', 'i-2')))).toMatchObject({
      outcome: 'accepted',
    });
  });

  it('is stale in its turn, however many claims expire', async () => {
    const { world } = await startWithNode({ settings: { policies } });
    await claimMany(world, 900, 30_000);
    await world.time.pass(31_000);
    const commits = await world.readCommits();
    const first = commits.find(({ events }) => events.some(isExpiry));
    expect(first?.events.some(({ type }) => type === 'InventoryStale')).toBe(true);
  });

  it('is not what an older report says that comes after a newer one, though that one said nothing new', async () => {
    const { world } = await startWithNode({ settings: { policies } });
    expect(await reportAgain(world, 3)).toMatchObject({ outcome: 'unchanged' });
    const before = await eventsOf(world, 'InventoryChanged');
    const late = message('late', world.time.clock.now(), reportInventory('node-1', 7, 2));
    expect(await world.ask(late)).toMatchObject({
      outcome: 'error',
      error: { code: 'STALE_REPORT', details: { sequence: 2, recordedSequence: 3 } },
    });
    expect(await eventsOf(world, 'InventoryChanged')).toEqual(before);
    expect(await eventsOf(world, 'CommandRejected')).toEqual([]);
    expect(await reportAgain(world, 2)).toMatchObject({ outcome: 'unchanged' });
    const next = message('next', world.time.clock.now(), reportInventory('node-1', 7, 4));
    expect(await world.ask(next)).toMatchObject({ outcome: 'accepted' });
  });

  it('is not heard by a report that is refused', async () => {
    const { world } = await startWithNode({ settings: { policies } });
    await world.time.pass(25_000);
    const stale = message('old', world.time.clock.now(), reportInventory('node-1', 7, 1));
    expect(await world.ask(stale)).toMatchObject({ error: { code: 'STALE_REPORT' } });
    await world.time.pass(6_000);
    expect(await eventsOf(world, 'InventoryStale')).toHaveLength(1);
  });

  it('is not heard by what says nothing of its inventory, such as a report of its guests', async () => {
    const { world } = await startWithNode({ settings: { policies } });
    await world.time.pass(25_000);
    const listing = { node: 'node-1', incarnation: 1, complete: true, takenAt: 0, guests: [] };
    const report = command({ type: 'ReportGuests', ...listing });
    expect(await world.ask(message('guests', world.time.clock.now(), report))).not.toHaveProperty('error');
    await world.time.pass(6_000);
    expect(await eventsOf(world, 'InventoryStale')).toHaveLength(1);
  });

  it('gets three whole intervals from each new writer', async () => {
    const { world, kill } = await startWithNode({ settings: { policies } });
    await world.time.pass(29_000);
    await kill();
    await world.startInOffice();
    await world.time.pass(29_000);
    expect(await eventsOf(world, 'InventoryStale')).toEqual([]);
    await world.time.pass(2_000);
    expect(await eventsOf(world, 'InventoryStale')).toHaveLength(1);
  });
});

describe('decision by time that makes the code throw', () => {
  const impossible = {
    type: 'ClaimExpired',
    schemaVersion: 1,
    data: { node: 'node-1', instance: 'nobody', claimId: 'none' },
  } as const;
  const poison: DecideDue = (ledger, facts) => [impossible, ...decideDue(ledger, facts)];

  it('costs only itself, and is not tried again', async () => {
    const { world, tracker, logger } = await startWithNode({ decideDue: poison });
    await world.ask(claim(world, 'i-1'));
    await world.time.pass(TTL_MS * 3);
    expect(await eventsOf(world, 'ClaimExpired')).toMatchObject([{ data: { instance: 'i-1' } }]);
    expect(logger.lines.filter(({ level }) => level === 'error')).toMatchObject([{ eventType: 'ClaimExpired' }]);
    expect(tracker.status).toMatchObject({ phase: 'in-office', epoch: 1 });
  });
});
