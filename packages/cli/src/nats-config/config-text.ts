import type { Crossing } from './crossings.ts';
import type { Account, NatsUser } from './permissions.ts';

export interface NatsConfig {
  readonly cell: string;
  readonly port: number;
  readonly monitoringPort: number;
  readonly storeDirectory: string;
  readonly users: readonly NatsUser[];
  /** What leads from the account of the senders into that of the services, and back. */
  readonly crossings: readonly Crossing[];
}

/** The smallest payload limit under which every commit of a log fits. */
const MAXIMUM_PAYLOAD_BYTES = 1 << 20;

/**
 * The text of the file. An append is acknowledged only once it is on disk, and a lost member of a queue group is
 * noticed within 3 s.
 */
export function natsConfigText({ cell, port, monitoringPort, storeDirectory, users, crossings }: NatsConfig): string {
  return [
    `# nats-server for the cell ${cell} of Fleetbook, one user for each actor and service.`,
    '# Made by: fleetbook nats-config. The passwords are read from the environment of nats-server, each in double',
    `# quotes: ${passwordVariable('tracker')}='"…"'.`,
    '# A client of ROLE.ACTOR needs the inbox prefix _INBOX.ROLE.ACTOR; the command takes it from its user name.',
    `server_name: ${quoted(`fleetbook-${cell}`)}`,
    `port: ${port}`,
    `http: ${quoted(`127.0.0.1:${monitoringPort}`)}`,
    'ping_interval: "1s"',
    'ping_max: 2',
    `max_payload: ${MAXIMUM_PAYLOAD_BYTES}`,
    'jetstream {',
    `  store_dir: ${quoted(storeDirectory)}`,
    '  sync_interval: always',
    '}',
    'accounts {',
    '  # The server acknowledges what is put into the inbox at whatever reply subject its sender names, and never asks',
    '  # whether the sender may publish there. In an account of their own agents and schedulers can name none that is',
    '  # heard in this one, such as that of the log.',
    '  SERVICES {',
    '    jetstream: enabled',
    ...entryLines('exports', crossings.map(exported)),
    ...usersOf('SERVICES', users),
    '  }',
    '  SENDERS {',
    ...entryLines('imports', crossings.map(imported)),
    ...usersOf('SENDERS', users),
    '  }',
    '}',
    '',
  ].join('\n');
}

function exported({ kind, subject, answers }: Crossing): string {
  return `{ ${kind}: ${quoted(subject)}${answers === 'many' ? ', response_type: stream' : ''} }`;
}

function imported({ kind, subject }: Crossing): string {
  return `{ ${kind}: { account: SERVICES, subject: ${quoted(subject)} } }`;
}

function entryLines(name: string, entries: readonly string[]): readonly string[] {
  return [`    ${name}: [`, ...entries.map((entry) => `      ${entry}`), '    ]'];
}

function usersOf(account: Account, users: readonly NatsUser[]): readonly string[] {
  return ['    users: [', ...users.filter((user) => user.account === account).flatMap(userLines), '    ]'];
}

function userLines({ user, about, publish, subscribe }: NatsUser): readonly string[] {
  return [
    `      # ${about}`,
    '      {',
    `        user: ${quoted(user)}`,
    `        password: $${passwordVariable(user)}`,
    '        permissions {',
    ...listLines('publish', publish),
    ...listLines('subscribe', subscribe),
    '        }',
    '      }',
  ];
}

function listLines(name: string, subjects: readonly string[]): readonly string[] {
  return [`          ${name}: [`, ...subjects.map((subject) => `            ${quoted(subject)}`), '          ]'];
}

/** The environment variable with the password of a user: what is no letter or digit becomes `_` and its code. */
export function passwordVariable(user: string): string {
  const name = user.replaceAll(/[^A-Za-z0-9]/g, (character) => `_${character.charCodeAt(0).toString(16)}`);
  return `FLEETBOOK_PASSWORD_${name}`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
