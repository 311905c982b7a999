import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The same inventory told in three ways, at one event number. Each has 32 hex digits. */
export interface Digests {
  /** The running projector's, over NATS; the tracker's is the same. */
  readonly live: string;
  /** A fresh process's, from the log. */
  readonly replay: string;
  /** The naive reference's, from the raw events. */
  readonly reference: string;
}

/** What a fresh process says of the log and of the services that still run. */
export interface Proof {
  readonly digests: Digests;
  readonly events: number;
  readonly commits: number;
  /** Empty when everything agrees. */
  readonly faults: readonly string[];
}

interface ServiceDigest {
  readonly service: string;
  readonly number?: number;
  readonly digest?: string;
}

/** What `fleetbook verify --json` prints. */
interface VerifyDocument {
  readonly faults: readonly string[];
  readonly log: { readonly commits: number; readonly events: number };
  readonly number: number;
  readonly replay: string;
  readonly reference: string;
  readonly live: readonly ServiceDigest[];
}

const COMMAND = fileURLToPath(new URL('../../bin/fleetbook.mjs', import.meta.url));
const OUTPUT_LIMIT_BYTES = 16 * 1024 * 1024;

/** Runs `fleetbook verify` on the data directory; exit 1, an untrusted answer, is a document like any other. */
const runVerify = (directory: string): Promise<VerifyDocument> =>
  new Promise((resolve, reject) => {
    const args = [COMMAND, 'verify', '--json', '--data', directory];
    execFile(process.execPath, args, { maxBuffer: OUTPUT_LIMIT_BYTES }, (error, output, talk) => {
      try {
        resolve(JSON.parse(output));
      } catch (cause) {
        reject(new Error(`the log could not be verified: ${error?.message ?? talk}`, { cause }));
      }
    });
  });

const missing = (service: string, number: number, found: ServiceDigest | undefined): string[] =>
  found?.digest !== undefined && found.number === number ? [] : [`the ${service} says nothing of event ${number}`];

/** Compares the running services, a replay in a fresh process and the naive reference, all at the same event. */
export const proveByReplay = async (directory: string): Promise<Proof> => {
  const document = await runVerify(directory);
  const projector = document.live.find(({ service }) => service === 'projector');
  const tracker = document.live.find(({ service }) => service === 'tracker');
  return {
    digests: { live: projector?.digest ?? '', replay: document.replay, reference: document.reference },
    events: document.log.events,
    commits: document.log.commits,
    faults: [
      ...document.faults,
      ...missing('projector', document.number, projector),
      ...missing('tracker', document.number, tracker),
    ],
  };
};
