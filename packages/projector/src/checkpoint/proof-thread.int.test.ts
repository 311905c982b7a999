import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import {
  decodeSnapshot,
  encodeSnapshot,
  ledgerDigest,
  proveLedger,
  restoreLedger,
  startProofThread,
} from '@fleetbook/snapshot';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lifeSteps } from '../testing/random-history.ts';
import { foldCommits, steps, writeHistory } from '../testing/random-steps.ts';
import { type InventoryView, instancesOf } from '../view/inventory-view.ts';
import { CHECKPOINT_FILE, type CheckpointFacts, captureCheckpoint, type IndexChunk } from './capture.ts';

const INSTANCES = ['i1', 'i2', 'i3', 'i4', 'i5', 'i6'] as const;

type Prove = typeof proveLedger;

const apart: Prove = (saved) => proveLedger(saved, { aloneUpToBytes: 0 });

type StartThread = typeof startProofThread;

/** A thread that does something else. */
const idle = (code: string) => new Worker(code, { eval: true });

const broken =
  (code: string): Prove =>
  (saved) =>
    proveLedger(saved, { aloneUpToBytes: 0, startThread: () => idle(code) });

function faultOf(result: Awaited<ReturnType<typeof restore>>) {
  if (result.ok) {
    throw new Error('it was proved');
  }
  return result.error;
}

function fileOf(view: InventoryView): Buffer {
  const captured = captureCheckpoint(view, view.capture());
  if (captured === undefined) {
    throw new Error('there is no ledger');
  }
  return Buffer.concat([...encodeSnapshot(captured)]);
}

function restore(file: Buffer, prove: Prove) {
  const decoded = decodeSnapshot<CheckpointFacts, IndexChunk>(CHECKPOINT_FILE, file);
  if (!decoded.ok) {
    throw new Error(decoded.error);
  }
  const slices = { pause: () => undefined };
  const instances = instancesOf({ endedInRows: 2, idSeed: decoded.value.header.own.idSeed ?? 0 });
  return restoreLedger(decoded.value, { slices, instances, prove }, async (ledger) => ledgerDigest(ledger));
}

/** Of some instances that ended it has no more than hashes. */
async function smallFile(): Promise<Buffer> {
  const claims = INSTANCES.map((instance) => ({ do: 'claim', node: 'a', instance, request: 0, tenant: 't1' }) as const);
  const drops = INSTANCES.slice(2).map((instance) => ({ do: 'drop', instance }) as const);
  const { commits } = await writeHistory([...claims, ...drops]);
  return fileOf(foldCommits(commits));
}

function sealed(body: Buffer): Buffer {
  return Buffer.concat([body, Buffer.from(`{"sha256":"${createHash('sha256').update(body).digest('hex')}"}\n`)]);
}

/** The file with another byte at a place behind the first such text, under a checksum of its own. */
function altered(file: Buffer, text: string, behind = 0): Buffer {
  const place = file.indexOf(text) + text.length + behind;
  const body = Buffer.from(file.subarray(0, file.lastIndexOf('{"sha256"')));
  body.writeUInt8(body.readUInt8(place) ^ 1, place);
  return sealed(body);
}

describe('a proof in a thread of its own', () => {
  it('comes to what it comes to here, of any ledger', async () => {
    await fc.assert(
      fc.asyncProperty(steps, lifeSteps, async (all, life) => {
        const { commits } = await writeHistory(all, life);
        const view = foldCommits(commits);
        const file = fileOf(view);
        const here = await restore(file, proveLedger);
        expect(here).toEqual({ ok: true, value: view.digest.hex() });
        expect(await restore(file, apart)).toEqual(here);
      }),
      { numRuns: 12 },
    );
  });

  it.each([
    ['the header', '"digest":"', 0],
    ['the cell', '"cellRecord":{"cell":"', 0],
    ['a node', '"incarnation":', 0],
    ['an inventory', '"charged":', 0],
    ['a request', '\\"VCPU\\":', 0],
    ['an instance', 'i2command-', -11],
    ['a hash of what ended', '"section":"ended","count":2,"idSeed":7,"bytes":56}\n', 20],
  ])('finds what is altered in %s under a true checksum, as the proof here does', async (_what, text, behind) => {
    const file = await smallFile();
    expect(file.includes(text)).toBe(true);
    for (const prove of [proveLedger, apart]) {
      expect(await restore(altered(file, text, behind), prove)).toMatchObject({ error: { reason: 'digest' } });
      expect(await restore(file, prove)).toMatchObject({ ok: true });
    }
  });

  it.each([
    ['throws', 'throw new Error("out of order")', 'out of order'],
    ['ends without a word', 'process.exit(0)', 'ended'],
    ['cannot be started', 'this is no program', 'Unexpected identifier'],
  ])('leaves the ledger unproved where the thread %s', async (_what, code, cause) => {
    const { cause: told, ...fault } = faultOf(await restore(await smallFile(), broken(code)));
    expect(fault).toEqual({ reason: 'unproved' });
    expect(String(told)).toContain(cause);
  });

  it('counts for what was its turn, and for nothing else', async () => {
    const startThread: StartThread = (task) => {
      Atomics.add(new Int32Array(task.turns), 0, 1);
      return idle('require("node:worker_threads").parentPort.postMessage("0".repeat(32))');
    };
    const prove: Prove = (saved) => proveLedger(saved, { aloneUpToBytes: 0, startThread });
    expect(await restore(await smallFile(), prove)).toEqual({ ok: false, error: { reason: 'digest' } });
  });

  it('reads the very memory that the ledger is read from, where threads can share it', async () => {
    const file = await smallFile();
    const shared = Buffer.from(new SharedArrayBuffer(file.length));
    shared.set(file);
    const bodies: Uint8Array[] = [];
    const startThread: StartThread = (task) => {
      bodies.push(task.body);
      return startProofThread(task);
    };
    const restored = await restore(shared, (saved) => proveLedger(saved, { aloneUpToBytes: 0, startThread }));
    expect(restored).toEqual(await restore(file, proveLedger));
    expect(bodies).toHaveLength(1);
    expect(bodies[0]?.buffer).toBe(shared.buffer);
  });
});
