import { hash } from 'node:crypto';
import type { QueryBodies, QueryName, QueryReply } from '@fleetbook/contracts';
import { ORIGIN } from '@fleetbook/event-log';
import { memoryDisk } from '@fleetbook/operations/testing';
import { claimOf, SCHEDULER } from '@fleetbook/projector/testing';
import { LIFE_INSTANCES, lifeSteps, writeHistory } from '@fleetbook/projector/testing/histories';
import { DIGEST_VERSION } from '@fleetbook/snapshot';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { exported, opened } from '../testing/bundle-of.ts';
import { pastOf } from '../testing/past-of.ts';
import { decodeBundle } from './bundle-file.ts';
import { openBundle } from './open-bundle.ts';

function questionsAt(asOf: string): readonly (readonly [QueryName, QueryBodies[QueryName]])[] {
  const ask = <Name extends QueryName>(name: Name, body: QueryBodies[Name]) => [name, body] as const;
  return [
    ask('digest', { asOf }),
    ask('nodes', { asOf }),
    ask('usage', { asOf }),
    ask('attention', { asOf }),
    ask('holders', { asOf, node: 'a' }),
    ask('why-not', { asOf, node: 'a', request: { resources: { VCPU: 60 } } }),
    ...LIFE_INSTANCES.map((instance) => ask('instance', { asOf, instance })),
  ];
}

/** Without what tells how it was found. */
function comparable(reply: QueryReply<unknown>): unknown {
  return reply.outcome === 'answer' ? { ...reply, past: undefined } : reply.error.code;
}

describe('a range of any history in a file', () => {
  it('answers at every event as the log does, and comes to the digest that it states', async () => {
    const places = fc.tuple(fc.nat(), fc.nat(), fc.integer({ min: 5, max: 60 }));
    const property = fc.asyncProperty(lifeSteps, places, async (life, [one, other, segmentEvents]) => {
      const { log, writer } = await writeHistory([], life);
      const [from = 1, to = 1] = [1 + (one % writer.number), 1 + (other % writer.number)].sort(
        (left, right) => left - right,
      );
      const bundle = await exported(log, { from, to, segmentEvents });
      const { manifest, past } = await opened(bundle.bytes);
      const whole = pastOf(log);
      const digest = await past.ask('digest', { asOf: String(bundle.to) });
      expect(digest).toMatchObject({ answer: { digest: manifest.digest } });
      for (const number of new Set([from, Math.floor((from + to) / 2), to])) {
        expect(comparable(await past.ask('explain', { event: number }))).toMatchObject({
          answer: { ...againOf(await whole.ask('explain', { event: number })) },
        });
        for (const [name, body] of questionsAt(String(number))) {
          const reply = comparable(await past.ask(name, body));
          // An instance that ended before the file begins, and that nobody names in it, is not known to it.
          expect([comparable(await whole.ask(name, body)), 'NOT_FOUND']).toContainEqual(reply);
        }
      }
    });
    await fc.assert(property, { numRuns: 6, endOnFailure: true });
  });

  it('can be taken out of such a file, as out of the log', async () => {
    const property = fc.asyncProperty(lifeSteps, fc.tuple(fc.nat(), fc.nat(), fc.nat()), async (life, places) => {
      const { log, writer } = await writeHistory([], life);
      const [from = 1, inner = 1, to = 1] = places
        .map((one) => 1 + (one % writer.number))
        .sort((one, two) => one - two);
      const whole = await exported(log, { from, to: writer.number });
      const { log: file, disk } = await opened(whole.bytes);
      for (const first of new Set([whole.from, inner])) {
        const [taken, direct] = [
          await exported(file, { from: first, to, disk }),
          await exported(log, { from: first, to }),
        ];
        const { manifest, past } = await opened(taken.bytes);
        const { createdAt: _, bodyBytes: _bytes, bodySha256: _hash, ...facts } = (await opened(direct.bytes)).manifest;
        expect(manifest).toMatchObject(facts);
        expect(await past.ask('digest', { asOf: String(taken.to) })).toMatchObject({
          answer: { digest: facts.digest },
        });
      }
    });
    await fc.assert(property, { numRuns: 12, endOnFailure: true });
  });

  it('names its own bounds where it does not reach an instant', async () => {
    const { log, writer } = await writeHistory([], []);
    const bundle = await exported(log, { from: writer.number, to: writer.number });
    const { past } = await opened(bundle.bytes);
    const bounds = { first: bundle.from, last: bundle.to };
    expect(bundle.from).toBeGreaterThan(1);
    for (const asOf of ['0', '1', String(bundle.from - 1), '2001-01-01T00:00:00Z']) {
      const reason = `nothing is known of what was before event ${bundle.from}`;
      const details = { ...bounds, reason };
      expect(await past.ask('usage', { asOf })).toMatchObject({ error: { code: 'NO_SUCH_INSTANT', details } });
    }
    expect(await past.ask('usage', { asOf: String(bundle.to + 1) })).toMatchObject({ error: { details: bounds } });
  });

  it('says of what was true before it begins that it does not know since when', async () => {
    const { log, writer } = await writeHistory([{ do: 'report', node: 'a', gpus: 1, isFast: false }]);
    const { bytes } = await exported(log, { from: writer.number, to: writer.number });
    const { past } = await opened(bytes);
    const asked = ['capacity(*, CUSTOM_GPU_MILLI) > 1', 'capacity(*, CUSTOM_GPU_MILLI) < 1_000_000'];
    for (const predicate of asked) {
      expect(await past.ask('bisect', { predicate })).toMatchObject({ answer: { wasTrue: true } });
    }
  });

  it('has other tenants when they are redacted, and everything else as it was', async () => {
    const property = fc.asyncProperty(lifeSteps, fc.nat(), async (life, one) => {
      const { log, writer } = await writeHistory([], life);
      const bundle = await exported(log, { from: 1 + (one % writer.number), to: writer.number, redactionKey: 'key' });
      const { manifest, past } = await opened(bundle.bytes);
      const whole = pastOf(log);
      const asOf = String(writer.number);
      expect(manifest.isRedacted).toBe(true);
      expect(await past.ask('digest', { asOf })).toMatchObject({ answer: { digest: manifest.digest } });
      for (const name of ['nodes', 'usage'] as const) {
        expect(comparable(await past.ask(name, { asOf }))).toEqual(comparable(await whole.ask(name, { asOf })));
      }
      for (const instance of LIFE_INSTANCES) {
        const reply = await past.ask('instance', { asOf, instance });
        expect(JSON.stringify(reply)).not.toContain(`"t-${instance}"`);
      }
    });
    await fc.assert(property, { numRuns: 12 });
  });

  it('has no hash, when tenants are redacted, on which their names could be tried', async () => {
    const { log, writer } = await writeHistory([{ do: 'report', node: 'a', gpus: 1, isFast: false }]);
    await writer.send(SCHEDULER, { ...claimOf('a', 'i'), tenant: 'secret' }, 'claim-i');
    const upTo = writer.number;
    const stated = await pastOf(log).ask('digest', { asOf: String(upTo) });
    const { digest } = z.object({ answer: z.object({ digest: z.string() }) }).parse(stated).answer;
    const checkpoint = { upTo, digestVersion: DIGEST_VERSION };
    writer.record([
      { type: 'Checkpoint', schemaVersion: 1, data: { ...checkpoint, digest } },
      { type: 'Checkpoint', schemaVersion: 1, data: { ...checkpoint, digest: 'f'.repeat(32) } },
    ]);
    await writer.flush();
    const commits = (await Array.fromAsync(log.read(ORIGIN))).flat();
    const first = commits.findIndex(({ text }) => text.includes('"tenant"'));
    const ofCommands = commits.flatMap(({ events }) =>
      events.flatMap(({ command, commandHash }) => (JSON.stringify(command)?.includes('"tenant"') ? commandHash : [])),
    );
    const secrets = [...ofCommands, ...commits.slice(first).map(({ hash: commitHash }) => commitHash)];
    expect(ofCommands.length).toBeGreaterThan(0);
    for (const from of [1, upTo]) {
      const bundle = await exported(log, { from, to: writer.number, redactionKey: 'key' });
      const { past } = await opened(bundle.bytes);
      const decoded = decodeBundle('a', bundle.bytes);
      const text =
        JSON.stringify(decoded.ok && [decoded.value.manifest, decoded.value.body.start]) +
        (decoded.ok ? decoded.value.body.commits.join('') : '');
      expect(secrets.filter((secret) => secret !== undefined && text.includes(secret))).toEqual([]);
      expect(text).not.toContain('secret');
      const told = await past.ask('digest', { asOf: String(upTo) });
      const digests = Array.from(text.matchAll(/"digestVersion":1,"digest":"([0-9a-f]{32})"/g), ([, found]) => found);
      expect(told).toMatchObject({ answer: { digest: digests[0] } });
      expect(digests).not.toContain(digest);
      expect(digests[1]).not.toBe(digests[0]);
    }
  });

  it('is refused with one byte flipped, cut short, or of a newer version', async () => {
    const { log, writer } = await writeHistory([]);
    const { bytes } = await exported(log, { from: 5, to: writer.number });
    const codeOf = async (changed: Buffer) => {
      const result = await openBundle('a', changed, { disk: memoryDisk(), directory: '/replay' });
      return result.ok ? 'opened' : result.error.code;
    };
    expect(await codeOf(bytes)).toBe('opened');
    const property = fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ mask;
      expect(await codeOf(flipped)).toBe('BUNDLE_DAMAGED');
      expect(await codeOf(bytes.subarray(0, at))).toBe('BUNDLE_DAMAGED');
    });
    await fc.assert(property, { numRuns: 200 });
    for (const newer of ['version', 'formatVersion', 'foldVersion', 'digestVersion']) {
      expect(await codeOf(stating(bytes, { [newer]: 99 }))).toBe('FORMAT_TOO_NEW');
    }
    expect(await codeOf(stating(bytes, { contractVersion: '9.0.0' }))).toBe('FORMAT_TOO_NEW');
  });

  it('is refused where it states of itself what its events do not say', async () => {
    const { log, writer } = await writeHistory([]);
    const { bytes } = await exported(log, { from: 5, to: writer.number });
    const other = 'f'.repeat(64);
    const untrue = [
      ...[{ cell: 'other' }, { historyId: 'other' }, { startHash: other }, { endHash: other }, { bodyBytes: 5 }],
      ...[{ from: 6 }, { to: 4 }, { fromAt: 5 }, { toAt: 5 }, { commits: 999 }, { checkpoints: [7] }, { version: 0 }],
    ];
    for (const facts of untrue) {
      const opened = await openBundle('a', stating(bytes, facts), { disk: memoryDisk(), directory: '/replay' });
      expect([facts, opened.ok ? 'opened' : opened.error.code]).toEqual([facts, 'BUNDLE_DAMAGED']);
    }
  });
});

/** The same file with other facts in its first line, and a checksum that vouches for them. */
function stating(bytes: Buffer, facts: object): Buffer {
  const end = bytes.indexOf(0x0a);
  const text = JSON.stringify({ ...JSON.parse(bytes.toString('utf8', 0, end)), ...facts });
  const checksum = hash('sha256', text, 'hex');
  return Buffer.concat([Buffer.from(`${text}\n${checksum}\n`), bytes.subarray(end + 1 + checksum.length + 1)]);
}

function againOf(reply: QueryReply<unknown>): object {
  const { answer } = reply.outcome === 'answer' ? reply : { answer: undefined };
  const again = typeof answer === 'object' && answer !== null && 'again' in answer ? answer.again : {};
  return { again };
}
