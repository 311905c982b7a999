import { describe, expect, it } from 'vitest';
import { parseCommandLine } from './parse.ts';
import { VERBS } from './table.ts';

function parse(...line: string[]) {
  return parseCommandLine(VERBS, line);
}

/** What a refusal says. */
function fault(...line: string[]): string {
  const parsed = parse(...line);
  return parsed.kind === 'fault' ? `${parsed.failure.message} ${parsed.failure.next}` : parsed.kind;
}

/** The values of a line that is understood. */
function args(...line: string[]) {
  const parsed = parse(...line);
  if (parsed.kind !== 'run') {
    throw new Error(`not understood: ${JSON.stringify(parsed)}`);
  }
  return parsed.args;
}

describe('a command line', () => {
  it('names noun, verb and id', () => {
    expect(args('node', 'show', 'n-1').word('NODE')).toBe('n-1');
  });

  it('takes flags on either side of the id', () => {
    expect(args('node', 'show', '--json', 'n-1').isSet('json')).toBe(true);
    expect(args('node', 'show', 'n-1', '--json').isSet('json')).toBe(true);
  });

  it('knows aliases', () => {
    expect(parse('claim', 'i-1')).toMatchObject({ kind: 'run', verb: { words: 'instance claim' } });
    expect(parse('drop', 'i-1')).toMatchObject({ kind: 'run', verb: { words: 'instance drop' } });
    expect(parse('health')).toMatchObject({ kind: 'run', verb: { words: 'status' } });
  });

  it('keeps every value of a repeatable flag', () => {
    expect(args('candidates', '--resource', 'A=1', '--resource=B=2').texts('resource')).toEqual(['A=1', 'B=2']);
  });

  it('reads numbers and durations', () => {
    const read = args('node', 'list', '--limit', '7', '--timeout', '500ms');
    expect(read.number('limit')).toBe(7);
    expect(read.number('timeout')).toBe(500);
    expect(args('status', '--timeout', '2s').number('timeout')).toBe(2_000);
  });

  it('takes - as the file of stdin', () => {
    expect(args('node', 'report', 'n-1', '--file', '-').text('file')).toBe('-');
  });

  it('asks for help anywhere after the verb', () => {
    expect(parse('node', 'show', '--help')).toMatchObject({ kind: 'help', topic: 'verb' });
    expect(parse('node', '--help')).toMatchObject({ kind: 'help', topic: 'noun', noun: 'node' });
    expect(parse('--help')).toMatchObject({ kind: 'help', topic: 'overview' });
    expect(parse('help')).toMatchObject({ kind: 'help', topic: 'overview' });
    expect(parse('help', 'node')).toMatchObject({ kind: 'help', topic: 'noun', noun: 'node' });
    expect(parse('help', 'node', 'show')).toMatchObject({ kind: 'help', topic: 'verb', verb: { words: 'node show' } });
    expect(parse('help', 'nodes')).toMatchObject({ kind: 'fault' });
    expect(parse('--version')).toMatchObject({ kind: 'help', topic: 'version' });
  });
});

describe('a command line that cannot be understood says what is wrong and what to do', () => {
  it.each([
    [[], 'Name what to do. fleetbook --help lists the verbs'],
    [['nodes', 'list'], 'There is no verb nodes. did you mean node?'],
    [['node'], 'What about the node. one of: node list, node show'],
    [['node', 'lits'], 'There is no verb node lits. one of: node list'],
    [['--json', 'status'], 'Flags come after the verb, and --json stands first.'],
    [['node', 'show'], 'node show needs NODE.'],
    [['node', 'show', 'a', 'b'], '"b" is one word too many for node show.'],
    [['node', 'list', '--limt', '3'], 'There is no flag --limt here. did you mean --limit?'],
    [['node', 'list', '--limit', 'many'], '--limit is a whole number from 1 to 100000.'],
    [['node', 'list', '--limit', '0'], '--limit is a whole number from 1 to 100000.'],
    [['node', 'list', '--limit'], '--limit needs a value: N.'],
    [['node', 'list', '--limit', '3', '--limit', '4'], '--limit is there twice.'],
    [['node', 'list', '--status', 'gone'], '--status is one of enabled, disabled, down, retired.'],
    [['node', 'list', '--json=yes'], '--json takes no value.'],
    [['status', '--timeout', 'soon'], '--timeout is a duration such as 500ms, 5s, 1m or 2h.'],
    [['status', '--timeout', '600h'], '--timeout is at most 24h.'],
  ])('%j', (line, said) => {
    expect(fault(...line)).toContain(said);
  });
});

describe('the table of verbs', () => {
  it('names every verb once', () => {
    const names = VERBS.flatMap(({ words, alias }) => (alias === undefined ? [words] : [words, alias]));
    expect(new Set(names).size).toBe(names.length);
  });

  it('names every flag of a verb once', () => {
    for (const { words, flags } of VERBS) {
      expect(new Set(flags.map(({ name }) => name)).size, words).toBe(flags.length);
    }
  });

  it('has an example of every verb that its own grammar understands', () => {
    for (const { words, example } of VERBS) {
      const line = /fleetbook ([^>]*)/.exec(example)?.[1]?.trim() ?? '';
      const parts = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
      expect(parse(...parts), example).toMatchObject({ kind: 'run', verb: { words } });
    }
  });

  it('loads the code of every verb', async () => {
    for (const { load } of VERBS) {
      expect(await load()).toBeTypeOf('function');
    }
  });
});
