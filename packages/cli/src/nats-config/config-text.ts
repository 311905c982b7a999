import type { NatsUser } from './permissions.ts';

export interface NatsConfig {
  readonly cell: string;
  readonly port: number;
  readonly monitoringPort: number;
  readonly storeDirectory: string;
  readonly users: readonly NatsUser[];
}

/** The smallest payload limit under which every commit of a log fits. */
const MAXIMUM_PAYLOAD_BYTES = 1 << 20;

/**
 * The text of the file. An append is acknowledged only once it is on disk, and a lost member of a queue group is
 * noticed within 3 s.
 */
export function natsConfigText({ cell, port, monitoringPort, storeDirectory, users }: NatsConfig): string {
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
    'authorization {',
    '  users: [',
    ...users.flatMap(userLines),
    '  ]',
    '}',
    '',
  ].join('\n');
}

function userLines({ user, about, publish, subscribe }: NatsUser): readonly string[] {
  return [
    `    # ${about}`,
    '    {',
    `      user: ${quoted(user)}`,
    `      password: $${passwordVariable(user)}`,
    '      permissions {',
    ...listLines('publish', publish),
    ...listLines('subscribe', subscribe),
    '      }',
    '    }',
  ];
}

function listLines(name: string, subjects: readonly string[]): readonly string[] {
  return [`        ${name}: [`, ...subjects.map((subject) => `          ${quoted(subject)}`), '        ]'];
}

/** The environment variable with the password of a user: what is no letter or digit becomes `_` and its code. */
export function passwordVariable(user: string): string {
  const name = user.replaceAll(/[^A-Za-z0-9]/g, (character) => `_${character.charCodeAt(0).toString(16)}`);
  return `FLEETBOOK_PASSWORD_${name}`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
