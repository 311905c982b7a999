import type { CommandMessage } from '@fleetbook/domain';
import {
  command as asCommand,
  claimInstance,
  dropInstance,
  message,
  registerNode,
  reportInventory,
} from './commands.ts';

/** How long most claims may stay unconfirmed. */
export const TTL_MS = 1_000;

/** Commands are told apart by a number from 0 to this one. */
export const LAST_COMMAND = 12;

/** Where simulated time begins. */
const START_MS = 1_700_000_000_000;

interface Sending {
  readonly command: number;
  /** 0 to 5. */
  readonly repeat: number;
  /** 0 to 4. */
  readonly variant: number;
}

/** A few nodes and instances, so that commands collide; ids that repeat with the same and with another body. */
export function commandFor(at: number, { command, repeat, variant }: Sending): CommandMessage {
  const node = `node-${command % 2}`;
  switch (command) {
    case 0:
    case 1:
      return message(`register-${node}`, START_MS, registerNode(node));
    case 2:
      return reportFor(`node-${variant % 2}`, repeat);
    case 3:
      return message(`drop-${repeat}`, at, dropInstance('node-1', `instance-${repeat}`, `claim-${repeat}`));
    case 4:
    case 5: {
      const claim = claimInstance(node, `instance-${repeat}`);
      return message(`claim-${repeat}`, START_MS, repeat === 1 ? claim : { ...claim, ttlMs: TTL_MS });
    }
    default:
      return movingCommandFor(command, repeat % 2, variant);
  }
}

const reportFor = (node: string, repeat: number): CommandMessage =>
  message(`report-${node}-${repeat}`, START_MS, reportInventory(node, 4, repeat + 1));

const STATES = ['prepared', 'running', 'switched', 'finished', 'completed'] as const;
const CLOSING = ['ConfirmMove', 'RevertMove', 'CancelMove'] as const;

/** What happens to the first two instances, so that steps of a move often find the one before. */
function movingCommandFor(command: number, repeat: number, variant: number): CommandMessage {
  const [source, destination] = command % 2 === 0 ? ['node-0', 'node-1'] : ['node-1', 'node-0'];
  const named = { instance: `instance-${repeat}`, moveId: `move-${repeat}` };
  const claim = { instance: `instance-${repeat}`, claimId: `claim-${repeat}` };
  const move = asCommand({ type: 'ClaimMove', kind: variant < 3 ? 'cold' : 'live', source, ...claim, destination });
  switch (command) {
    case 6:
    case 7:
      return message(
        `confirm-${source}-${repeat}`,
        START_MS,
        asCommand({ type: 'ConfirmClaim', node: source, ...claim }),
      );
    case 8:
    case 9:
      return message(named.moveId, START_MS, move);
    case 10:
    case 11:
      return message(
        `advance-${repeat}-${variant}`,
        START_MS,
        asCommand({ type: 'AdvanceMove', ...named, to: STATES[variant] ?? 'prepared' }),
      );
    default: {
      const closing = CLOSING[variant];
      const claims = [
        claimInstance(source, `instance-${variant}`),
        claimInstance(destination, `instance-${variant + 1}`),
      ];
      return closing === undefined
        ? message(`batch-${variant}-${repeat}`, START_MS, asCommand({ type: 'AtomicBatch', commands: claims }))
        : message(`close-${repeat}-${variant}`, START_MS, asCommand({ type: closing, ...named }));
    }
  }
}

/** The claim of a move, its next steps and its end, without waiting for answers. */
export const walkFor = (repeat: number, length: number): readonly CommandMessage[] =>
  [
    movingCommandFor(8 + repeat, repeat, 0),
    ...[0, 1, 2, 3].map((variant) => movingCommandFor(10, repeat, variant)),
    movingCommandFor(12, repeat, repeat),
  ].slice(0, length);
