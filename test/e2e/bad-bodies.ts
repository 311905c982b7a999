import { ONE_GPU } from '../support/fleet.ts';

export const NODE = 'node-1';

export const CLAIM_ORIGIN = { client: 'e2e', version: '0.0.0', host: 'here' };

let commandNumber = 0;

export function freshId(): string {
  commandNumber += 1;
  return `bad-${commandNumber}`;
}

/** A claim that would be accepted, as its sender writes it. */
export function claimBody(changes: object = {}): Record<string, unknown> {
  const commandId = freshId();
  const head = { commandId, issuedAt: Date.now(), origin: CLAIM_ORIGIN };
  return { ...head, node: NODE, instance: `of-${commandId}`, request: ONE_GPU, ...changes };
}

export function claimText(changes: object = {}): string {
  return JSON.stringify(claimBody(changes));
}

/** The text of a claim with one more member at its end. */
function claimTextWith(member: string): string {
  return `${claimText().slice(0, -1)},${member}}`;
}

export function nested(depth: number): string {
  return `${'['.repeat(depth)}${']'.repeat(depth)}`;
}

/** What is wrong, the body of a ClaimInstance, and the error it must get. */
export const UNREADABLE: readonly (readonly [string, () => string | Uint8Array, object])[] = [
  ['no bytes', () => '', { code: 'MALFORMED_JSON' }],
  ['malformed JSON', () => '{"commandId":', { code: 'MALFORMED_JSON' }],
  ['two values', () => `${claimText()}{}`, { code: 'MALFORMED_JSON' }],
  [
    'bytes that are not UTF-8',
    () => Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
    { code: 'MALFORMED_JSON' },
  ],
  ['a list', () => '[]', { code: 'INVALID_FIELD', details: { path: '(body)', rule: 'object' } }],
  [
    'a key that stands twice',
    () => claimTextWith('"node":"node-2"'),
    { code: 'DUPLICATE_KEY', details: { path: 'node' } },
  ],
  ['an unknown field', () => claimText({ nodes: 1 }), { code: 'UNKNOWN_FIELD', details: { path: 'nodes' } }],
  ['its actor in the body', () => claimText({ actor: 'root' }), { code: 'UNKNOWN_FIELD', details: { path: 'actor' } }],
  ['a field of the wrong type', () => claimText({ node: 17 }), { code: 'INVALID_FIELD', details: { path: 'node' } }],
  ['null for a field', () => claimText({ tenant: null }), { code: 'INVALID_FIELD', details: { path: 'tenant' } }],
  ['300 KiB', () => claimText({ tenant: 'a'.repeat(300 * 1024) }), { code: 'BODY_TOO_LARGE' }],
  ['10,000 levels', () => claimTextWith(`"x":${nested(10_000)}`), { code: 'TOO_DEEP', details: { limit: 32 } }],
  ['10,000 open brackets', () => '['.repeat(10_000), { code: 'TOO_DEEP' }],
  [
    '__proto__',
    () => claimTextWith('"__proto__":{"node":"node-2"}'),
    { code: 'UNKNOWN_FIELD', details: { path: '__proto__' } },
  ],
  ['a prototype deep down', () => claimTextWith('"labels":{"__proto__":"x"}'), { code: 'UNKNOWN_FIELD' }],
  [
    'constructor as a label',
    () => claimTextWith('"constructor":{}'),
    { code: 'UNKNOWN_FIELD', details: { path: 'constructor' } },
  ],
  [
    'half a surrogate pair',
    () => claimTextWith('"labels":{"a":"\\ud800"}'),
    { code: 'INVALID_FIELD', details: { rule: 'well-formed unicode' } },
  ],
  ['half a pair in a key', () => claimTextWith('"labels":{"\\udfff":"x"}'), { code: 'INVALID_FIELD' }],
];
