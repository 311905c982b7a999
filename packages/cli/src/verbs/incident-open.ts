import { fleetbookError } from '@fleetbook/contracts';
import type { BundleManifest } from '@fleetbook/replay';
import { type Ending, OK, type Run } from '../call.ts';
import { printFacts, styled } from '../output/table.ts';
import { type BundleHere, openBundleFile } from '../session/bundle-source.ts';

export const incidentOpen: Run = async (call): Promise<Ending> => {
  const file = call.args.word('FILE');
  const opened = await openBundleFile(call, file);
  if (!opened.ok) {
    return { failure: opened.error };
  }
  try {
    const { manifest, bytes } = opened.value;
    const replayed = await digestOf(opened.value);
    if (replayed !== manifest.digest) {
      const reason = `its events replay to ${replayed}, and it states ${manifest.digest}`;
      return { failure: fleetbookError('BUNDLE_DAMAGED', { file, reason }) };
    }
    if (call.args.isSet('json')) {
      call.terminal.print(JSON.stringify({ isTrusted: true, bytes, ...manifest }));
      return OK;
    }
    printFacts(call.terminal, factsOf(manifest, bytes));
    const seconds = ((performance.now() - call.startedMs) / 1_000).toFixed(1);
    call.terminal.print(
      styled(call.terminal, 'green', 'It can be trusted: the chain is whole, and it replays to its digest.'),
    );
    call.terminal.say(`proved in ${seconds} s; any verb about the past reads it with --data ${file}`);
    return OK;
  } finally {
    await opened.value.close();
  }
};

async function digestOf({ past, manifest }: BundleHere): Promise<string> {
  const reply = await past.ask('digest', Buffer.from(JSON.stringify({ asOf: String(manifest.to) })));
  if (reply.outcome === 'error') {
    return reply.error.message;
  }
  const { answer } = reply;
  return typeof answer === 'object' && answer !== null && 'digest' in answer ? String(answer.digest) : '';
}

function factsOf(manifest: BundleManifest, bytes: number): readonly (readonly [string, string])[] {
  const { cell, historyId, from, to, fromAt, toAt, commits, endHash, digest, checkpoints, isRedacted } = manifest;
  const redacted = isRedacted ? ', tenants replaced by keyed hashes' : '';
  return [
    ['cell', `${cell}, history ${historyId}`],
    ['holds', `events ${from} to ${to}, in ${commits} commits, ${bytes.toLocaleString('en-US')} bytes${redacted}`],
    ['recorded', `${new Date(fromAt).toISOString()} to ${new Date(toAt).toISOString()}`],
    ['chain', `sound up to event ${to}: ${endHash}`],
    ['checkpoints', checkpoints.length === 0 ? 'none in this range' : `stated by events ${checkpoints.join(', ')}`],
    ['digest', digest],
  ];
}
