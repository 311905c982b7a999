import { z } from 'zod';
import { LOG_LEVELS } from '../logger.ts';
import { faultOfConnectionString } from './connection-string.ts';

const DIGITS = /^\d{1,15}$/;

function milliseconds(least: number, most: number) {
  return within(z.string().regex(DIGITS, 'must be whole milliseconds'), least, most);
}

function count(least: number, most: number) {
  return within(z.string().regex(DIGITS, 'must be a whole number'), least, most);
}

function within(digits: z.ZodString, least: number, most: number) {
  const rule = `must be from ${least} to ${most}`;
  return digits.transform(Number).pipe(z.number().min(least, rule).max(most, rule));
}

const text = z.string().min(1).max(4096, 'must have at most 4096 characters');

const natsUrls = text.transform((value, context) => {
  const urls = value.split(',').map((url) => url.trim());
  if (!urls.every((url) => ['nats:', 'tls:'].includes(protocolOf(url)))) {
    context.addIssue({ code: 'custom', message: 'must be nats://host:port or tls://host:port, several by commas' });
    return z.NEVER;
  }
  return urls;
});

const webUrl = text.refine((value) => ['http:', 'https:'].includes(protocolOf(value)), 'must be an http:// URL');

export type LogChoice =
  | { readonly adapter: 'jetstream' }
  | { readonly adapter: 'eventstoredb'; readonly connectionString: string };

const logChoice = text.transform((value, context): LogChoice => {
  if (value === 'jetstream') {
    return { adapter: 'jetstream' };
  }
  const fault = faultOfConnectionString(value);
  if (fault !== undefined) {
    context.addIssue({ code: 'custom', message: fault });
    return z.NEVER;
  }
  return { adapter: 'eventstoredb', connectionString: value };
});

const httpPort = z
  .string()
  .regex(/^(off|\d{1,5})$/, 'must be a port, 0 for a free one, or off')
  .transform((value) => (value === 'off' ? ('off' as const) : Number(value)))
  .pipe(z.union([z.literal('off'), z.number()]))
  .refine((value) => value === 'off' || value <= 65_535, 'must be a port from 0 to 65535, or off');

function protocolOf(url: string): string {
  return URL.canParse(url) ? new URL(url).protocol : '';
}

/**
 * Every setting of every service, by its name in code; `variableOf` gives the variable's name.
 * A description is one sentence for people; the documentation's table is made from it.
 */
export const settings = z.object({
  cell: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,32}$/, 'must be 1 to 32 letters, digits, _ or -')
    .default('main')
    .describe('The cell this process serves or asks.'),
  log: logChoice
    .default({ adapter: 'jetstream' })
    .meta({ secret: 'userinfo' })
    .describe('Where the log is: `jetstream`, or the connection string of an EventStoreDB (`esdb://…`).'),
  data: text
    .default('.fleetbook')
    .describe('Directory for local state, snapshots and the embedded server; commands ask what runs on it.'),
  storeDirectory: text
    .optional()
    .describe(
      'Directory of the store of the log, where it is on this machine: the tracker watches it and the space of its ' +
        'disk. `up` sets it for the server that it starts.',
    ),
  storageIntervalMs: milliseconds(10, 3_600_000)
    .default(5_000)
    .describe('How often the tracker looks at the space that is left for the log.'),
  natsUrl: natsUrls
    .optional()
    .meta({ secret: 'userinfo' })
    .describe(
      'NATS servers to use, separated by commas; without it the nearest `.fleetbook/endpoint.json` is used, and by ' +
        'commands the one in `FLEETBOOK_DATA` where that is set.',
    ),
  natsServer: text.optional().describe('Path of the nats-server binary to start instead of the bundled one.'),
  natsCredentials: text.optional().describe('Path of a NATS credentials file (JWT and seed).'),
  natsUser: text.optional().describe('NATS user name.'),
  natsPassword: text.optional().meta({ secret: 'whole' }).describe('Password of the NATS user.'),
  natsNkey: text.optional().describe('Path of a file that holds an NKEY user seed.'),
  natsTlsCa: text.optional().describe('Path of the CA certificates (PEM) that the NATS server must be signed by.'),
  natsTlsCert: text.optional().describe('Path of the client certificate (PEM) for NATS.'),
  natsTlsKey: text.optional().describe('Path of the private key (PEM) of the client certificate.'),
  natsMonitoringUrl: webUrl
    .optional()
    .meta({ secret: 'userinfo' })
    .describe('HTTP monitoring address of the NATS server; durability can be verified only through it.'),
  httpPort: httpPort
    .default(0)
    .describe(
      'Port on 127.0.0.1 for `/livez`, `/readyz` and `/metrics`; `0` takes a free one, `off` none. `up` gives ' +
        'each service a free one, whatever is set; they are in `endpoint.json`.',
    ),
  logLevel: z.enum(LOG_LEVELS).default('info').describe('Least level of the log lines written.'),
  appendTimeoutMs: milliseconds(10, 600_000)
    .default(2_000)
    .describe('How long one attempt to append to the log may take before its outcome counts as unknown.'),
  refusalsPerSecond: count(1, 1_000_000)
    .default(100)
    .describe(
      'Recorded refusals that one actor may cause in the long run; beyond it `RETRY_LATER`, except for releases.',
    ),
  refusalBurst: count(1, 100_000_000)
    .default(1_000)
    .describe('Recorded refusals that one actor may cause at once, after a time without.'),
  shutdownTimeoutMs: milliseconds(0, 600_000)
    .default(10_000)
    .describe('How long an orderly shutdown may take before the process ends without it.'),
  outcomeRetentionMs: milliseconds(1_000, 86_400_000)
    .default(600_000)
    .describe('Written into a new cell only: how long the outcome of a command id is remembered.'),
  clockSkewMs: milliseconds(0, 600_000)
    .default(5_000)
    .describe('Written into a new cell only: how far a command’s `issuedAt` may be ahead of the ledger’s time.'),
  fitWorkLimit: count(100, 100_000_000)
    .default(100_000)
    .describe('Written into a new cell only: most search steps for one request.'),
  autoConfirmAfterMs: milliseconds(1_000, 2_592_000_000)
    .optional()
    .describe('Written into a new cell only: how long a move stays finished before it is confirmed by itself.'),
  reportIntervalMs: milliseconds(1_000, 86_400_000)
    .default(60_000)
    .describe(
      'Written into a new cell only: how often agents report their inventory; after three intervals without such a ' +
        'report a node is stale and takes no new claims.',
    ),
  driftPolicy: z
    .enum(['observe', 'heal-safe', 'heal-all'])
    .optional()
    .describe('Written into a new cell only: what is done about drift on nodes without a policy of their own.'),
  checkpointIntervalMs: milliseconds(10, 3_600_000)
    .default(30_000)
    .describe('Least time between two times that the projector saves its state and position.'),
  snapshotIntervalMs: milliseconds(10, 3_600_000)
    .default(60_000)
    .describe('Least time between two snapshots of the tracker’s state.'),
  projectionStart: z
    .enum(['checkpoint', 'log'])
    .default('checkpoint')
    .describe('What the projector starts from: its `checkpoint`, or the first event of the `log`, whatever is saved.'),
  staleAnswers: z
    .enum(['mark', 'refuse'])
    .default('mark')
    .describe(
      'What a projector does with questions while it cannot fold an event, or is far behind the log, and no other ' +
        'replica is up to date: answer them from its last good state and `mark` the answers as stale, or `refuse` ' +
        'them.',
    ),
  highWaterMarkIntervalMs: milliseconds(10, 60_000)
    .default(200)
    .describe('Least time between two saves of the highest event that a service knows to be in the log.'),
  archiveDirectory: text
    .optional()
    .describe('Directory in which the projector keeps a copy of the log, in one directory per cell; by default none.'),
  archiveIntervalMs: milliseconds(10, 3_600_000)
    .default(500)
    .describe('How often the projector looks for commits that are not in the archive yet.'),
});

/** The settings of a process: parsed, with defaults, frozen. */
export type Config = Readonly<z.output<typeof settings>>;
export type SettingName = keyof Config & string;

export const settingNames = Object.keys(settings.shape) as readonly SettingName[];

/** `natsTlsCa` → `FLEETBOOK_NATS_TLS_CA`. */
export function variableOf(setting: string): string {
  return `FLEETBOOK_${setting.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}
