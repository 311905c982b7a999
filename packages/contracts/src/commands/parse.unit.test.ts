import { COMMAND_TYPES, type CommandType } from '@fleetbook/domain';
import { describe, expect, test } from 'vitest';
import { MAXIMUM_BATCH } from './instance-schemas.ts';
import { parseBatch, parseCommand } from './parse.ts';
import { SAMPLE_BODIES } from './sample-bodies.ts';

const SENDER = { role: 'agent', actor: 'agent-1' } as const;

const encode = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value), 'utf8');

const parse = (command: CommandType, changes: Readonly<Record<string, unknown>> = {}) =>
  parseCommand({ ...SENDER, command }, encode({ ...SAMPLE_BODIES[command], ...changes }));

const faultOf = (command: CommandType, changes: Readonly<Record<string, unknown>>) => {
  const result = parse(command, changes);
  return result.ok ? undefined : { code: result.error.code, ...result.error.details };
};

const claimOf = (amount: unknown) => ({ request: { resources: { VCPU: amount } } });

const reportOf = (inventory: Readonly<Record<string, unknown>>) => ({
  providers: [{ id: 'host-17', inventories: [{ class: 'VCPU', total: 8, ...inventory }] }],
});

const providersOf = (result: ReturnType<typeof parse>) => {
  const command = result.ok ? result.value.command : undefined;
  return command !== undefined && 'providers' in command ? command.providers : [];
};

describe('a valid body becomes the stored command', () => {
  test.each(COMMAND_TYPES)('%s', (type) => {
    const result = parse(type);
    expect(result.ok).toBe(true);
    if (result.ok) {
      expect(result.value.command.type).toBe(type);
      expect(result.value.actor).toEqual({ role: 'agent', id: 'agent-1' });
      expect(Object.keys(result.value.command).slice(0, 2)).toEqual(['type', 'origin']);
    }
  });

  test('with its fields in the stored order, whatever the order they came in', () => {
    const { commandId, issuedAt, origin, ...others } = SAMPLE_BODIES.ClaimInstance;
    const shuffled = Object.fromEntries(Object.entries({ ...others, commandId, origin, issuedAt }).reverse());
    const [straight, reversed] = [
      parse('ClaimInstance'),
      parseCommand({ ...SENDER, command: 'ClaimInstance' }, encode(shuffled)),
    ];
    expect(JSON.stringify(reversed)).toBe(JSON.stringify(straight));
    expect(straight.ok && Object.keys(straight.value.command)).toEqual([
      'type',
      'origin',
      'node',
      'instance',
      'tenant',
      'labels',
      'request',
      'ttlMs',
      'alternates',
      'groups',
    ]);
  });

  test('with a ratio in millionths, read from its shortest decimal text', () => {
    for (const [ratio, millionths] of [
      [1.4, 1_400_000],
      [0.29, 290_000],
      [1, 1_000_000],
      [0.000001, 1],
      [16.123456, 16_123_456],
    ]) {
      const result = parse('ReportInventory', reportOf({ allocationRatio: ratio }));
      expect(providersOf(result)[0]?.inventories[0]?.allocationRatioMillionths).toBe(millionths);
    }
  });

  test('with minus zero read as zero', () => {
    const text = JSON.stringify({ ...SAMPLE_BODIES.ReportInventory, ...reportOf({ total: 0 }) }).replace(
      '"total":0',
      '"total":-0',
    );
    const result = parseCommand({ ...SENDER, command: 'ReportInventory' }, Buffer.from(text));
    expect(Object.is(providersOf(result)[0]?.inventories[0]?.total, 0)).toBe(true);
  });
});

describe('an id is refused when it is', () => {
  test.each([
    ['empty', ''],
    ['two words', 'host 17'],
    ['a wildcard for one token', '*'],
    ['a wildcard for the rest', '>'],
    ['ended by a carriage return and line feed', 'host-17\r\nPUB x 0'],
    ['ended by a line feed', 'host-17\n'],
    ['cut by a NUL', 'host\u000017'],
    ['outside ASCII', 'höst-17'],
    ['a look-alike of ASCII', 'hоst-17'],
    ['300 long', 'h'.repeat(300)],
    ['254 long', 'h'.repeat(254)],
    ['started by a dot', '.host'],
    ['started by an underscore', '_host'],
    ['a path', '../host'],
  ])('%s', (_what, id) => {
    for (const field of ['node', 'instance', 'commandId', 'tenant']) {
      expect(faultOf('ClaimInstance', { [field]: id })).toMatchObject({
        code: 'INVALID_FIELD',
        path: field,
        rule: 'id',
      });
    }
  });
});

test.each([
  ['with dots', 'host.rack1.example.com'],
  ['with colons', '0000:3b:00.1'],
  ['253 long', 'h'.repeat(253)],
  ['named like a property of every object', 'constructor'],
])('an id %s is legal', (_what, id) => {
  expect(parse('ClaimInstance', { node: id, instance: id }).ok).toBe(true);
});

describe('an amount is refused when it is', () => {
  test.each([
    ['negative', -1, 'at least 1'],
    ['zero', 0, 'at least 1'],
    ['a fraction', 1.5, 'integer'],
    ['2^53', 2 ** 53, 'at most 9007199254740991'],
    ['the text NaN', 'NaN', 'integer'],
    ['a number as text', '4', 'integer'],
    ['null', null, 'integer'],
    ['true', true, 'integer'],
    ['a list', [4], 'integer'],
  ])('%s', (_what, amount, rule) => {
    expect(faultOf('ClaimInstance', claimOf(amount))).toEqual({
      code: 'INVALID_FIELD',
      path: 'request.resources.VCPU',
      rule,
    });
  });

  test('beyond every number', () => {
    const text = JSON.stringify({ ...SAMPLE_BODIES.ClaimInstance, ...claimOf(7_777) }).replace('7777', '1e999');
    const result = parseCommand({ ...SENDER, command: 'ClaimInstance' }, Buffer.from(text));
    expect(result.ok ? 'read' : result.error.details['path']).toBe('request.resources.VCPU');
  });

  test('2^53 − 1 is the largest that is legal', () => {
    expect(parse('ClaimInstance', claimOf(Number.MAX_SAFE_INTEGER)).ok).toBe(true);
  });
});

describe('a ratio is refused when it', () => {
  test.each([
    ['has 7 places', 1.0000001, 'at most 6 decimal places'],
    ['is written with an exponent', 1e-7, 'at most 6 decimal places'],
    ['is zero', 0, 'more than 0'],
    ['is negative', -1, 'more than 0'],
    ['is too large', 1_000_001, 'at most 1000000'],
    ['is text', '1.4', 'number'],
  ])('%s', (_what, allocationRatio, rule) => {
    expect(faultOf('ReportInventory', reportOf({ allocationRatio }))).toEqual({
      code: 'INVALID_FIELD',
      path: 'providers[0].inventories[0].allocationRatio',
      rule,
    });
  });
});

describe('an unknown field is named, before anything else that is wrong', () => {
  test.each([
    ['at the top', { lables: {}, node: 7 }, 'lables'],
    ['in the origin', { origin: { client: 'a', version: '1', host: 'h', user: 'root' } }, 'origin.user'],
    ['in the request', { request: { resources: { VCPU: 1 }, affinity: 'x' } }, 'request.affinity'],
    [
      'in a group',
      { request: { groups: [{ name: 'a', resources: { VCPU: 1 }, weight: 1 }] } },
      'request.groups[0].weight',
    ],
    ['that tries to name the actor', { actor: 'agent-2' }, 'actor'],
    ['that names the type', { type: 'ClaimInstance' }, 'type'],
    ['named like a property of every object', { constructor: 1 }, 'constructor'],
  ])('%s', (_what, changes, path) => {
    expect(faultOf('ClaimInstance', changes)).toEqual({ code: 'UNKNOWN_FIELD', path });
  });
});

describe('a field of a wrong type or value is named with its rule', () => {
  test.each([
    ['a missing id', { node: undefined }, 'node', 'required'],
    ['a missing origin', { origin: undefined }, 'origin', 'required'],
    ['a number for an id', { node: 17 }, 'node', 'string'],
    ['a text for a time', { issuedAt: '2026-11-21' }, 'issuedAt', 'integer'],
    ['a time before 1970', { issuedAt: -1 }, 'issuedAt', 'at least 0'],
    ['null for an optional field', { tenant: null }, 'tenant', 'string'],
    ['a list for an object', { origin: [] }, 'origin', 'object'],
    ['a lower-case class', { request: { resources: { vcpu: 1 } } }, 'request.resources.vcpu', 'resource class'],
    [
      'a class that looks like a number',
      { request: { resources: { 7: 1 } } },
      'request.resources["7"]',
      'resource class',
    ],
    ['a request for nothing', { request: {} }, 'request', 'resources or groups'],
    ['no resource at all', { request: { resources: {} } }, 'request.resources', 'at least 1 class'],
    ['neither request nor charge', { request: undefined }, '(body)', 'either request or charge'],
    [
      'a group name twice',
      { request: { groups: Array(2).fill({ name: 'a', resources: { VCPU: 1 } }) } },
      'request.groups',
      'no group name twice',
    ],
    [
      'fewer units than the amount',
      { request: { resources: { GPU: 2 }, units: { GPU: ['gpu-0'] } } },
      'request.units',
      'as many units as the amount of their class',
    ],
    [
      'a unit twice',
      { request: { resources: { GPU: 2 }, units: { GPU: ['gpu-0', 'gpu-0'] } } },
      'request.units.GPU',
      'no repetition',
    ],
    ['a control character in a label', { labels: { tier: 'a\u0000b' } }, 'labels.tier', 'no control characters'],
    ['a label too long', { labels: { tier: 'x'.repeat(257) } }, 'labels.tier', 'at most 256 characters'],
    ['a label key with a space', { labels: { 'a b': 'x' } }, 'labels["a b"]', 'label key'],
    [
      '33 labels',
      { labels: Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`l${index}`, ''])) },
      'labels',
      'at most 32 labels',
    ],
    [
      'an escape sequence in the client name',
      { origin: { client: '\u001b[2J', version: '1', host: 'h' } },
      'origin.client',
      'no control characters',
    ],
  ])('%s', (_what, changes, path, rule) => {
    expect(faultOf('ClaimInstance', changes)).toEqual({ code: 'INVALID_FIELD', path, rule });
  });

  test('a mode that this release does not know', () => {
    const rule = 'one of: full, flat, unsupported';
    expect(faultOf('ReportInventory', { mode: 'delta' })).toEqual({ code: 'INVALID_FIELD', path: 'mode', rule });
    expect(faultOf('ReportInventory', { mode: undefined })).toMatchObject({ path: 'mode', rule: 'required' });
    expect(faultOf('ReportInventory', { mode: 'flat' })).toEqual({ code: 'UNKNOWN_FIELD', path: 'providers' });
  });

  test('a reason of 513 characters', () => {
    expect(faultOf('DisableNode', { reason: 'x'.repeat(513) })).toMatchObject({
      path: 'reason',
      rule: 'at most 512 characters',
    });
  });

  test('a charge line twice', () => {
    const line = { provider: 'host-17', class: 'VCPU', amount: 1 };
    expect(faultOf('ClaimInstance', { request: undefined, charge: [line, line] })).toMatchObject({
      path: 'charge',
      rule: 'no provider and class twice',
    });
  });
});

test('a fault carries the command id where that could be read', () => {
  const named = parse('ClaimInstance', { node: '' });
  expect(named.ok ? undefined : named.error.commandId).toBe(SAMPLE_BODIES.ClaimInstance['commandId']);
  const nameless = parse('ClaimInstance', { commandId: 'no id' });
  expect(nameless.ok ? undefined : Object.hasOwn(nameless.error, 'commandId')).toBe(false);
});

describe('a batch', () => {
  const entry = { type: 'ClaimInstance', ...SAMPLE_BODIES.ClaimInstance };

  const codesOf = (commands: unknown) => {
    const batch = parseBatch(SENDER, encode({ commands }));
    return batch.ok ? batch.value.map((reading) => (reading.ok ? 'ok' : reading.error.code)) : batch.error.code;
  };

  test('reads each command by itself, in order', () => {
    expect(
      codesOf([
        entry,
        { ...entry, node: '' },
        { ...entry, type: 'FormatDisk' },
        { ...entry, type: undefined },
        7,
        entry,
      ]),
    ).toEqual(['ok', 'INVALID_FIELD', 'UNKNOWN_COMMAND', 'INVALID_FIELD', 'INVALID_FIELD', 'ok']);
  });

  test('has at least one command and at most 64', () => {
    expect(codesOf([])).toBe('INVALID_FIELD');
    expect(codesOf(Array(MAXIMUM_BATCH).fill(entry))).toHaveLength(MAXIMUM_BATCH);
    expect(codesOf(Array(MAXIMUM_BATCH + 1).fill(entry))).toBe('INVALID_FIELD');
  });

  test('does not nest', () => {
    expect(codesOf([{ type: 'Batch', commands: [entry] }])).toEqual(['UNKNOWN_COMMAND']);
  });

  test('has no other field', () => {
    const batch = parseBatch(SENDER, encode({ commands: [entry], retries: 3 }));
    expect(batch.ok ? undefined : batch.error.details).toEqual({ path: 'retries' });
  });
});
