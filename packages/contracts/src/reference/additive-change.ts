/** Who reads the message: a service that must go on accepting it, or a client that must go on understanding it. */
export type Reader = 'service' | 'client';

type Schema = Readonly<Record<string, unknown>>;

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const namesOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];

const same = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);

const requiredFaults = (frozen: Schema, current: Schema, reader: Reader): string[] => {
  const [before, after] = [namesOf(frozen['required']), namesOf(current['required'])];
  return reader === 'service'
    ? after.filter((name) => !before.includes(name)).map((name) => `${name} became required`)
    : before.filter((name) => !after.includes(name)).map((name) => `${name} is no longer always there`);
};

const propertyFaults = (frozen: unknown, current: unknown, reader: Reader, path: string): string[] =>
  isSchema(frozen)
    ? Object.entries(frozen).flatMap(([name, schema]) =>
        isSchema(current) && Object.hasOwn(current, name)
          ? nonAdditiveChanges(schema, current[name], reader, `${path}.${name}`)
          : [`${path}.${name} is gone`],
      )
    : [];

const alternativesOf = (schema: Schema): readonly unknown[] =>
  ['oneOf', 'anyOf'].flatMap((word): readonly unknown[] => {
    const alternatives = schema[word];
    return Array.isArray(alternatives) ? alternatives : [];
  });

/** The first alternative that still takes the frozen one, wherever it stands now; otherwise the faults of its place. */
const alternativeFaults = (
  frozen: unknown,
  place: number,
  current: readonly unknown[],
  reader: Reader,
  path: string,
) => {
  const faults = current.map((schema) => nonAdditiveChanges(frozen, schema, reader, `${path}[${place}]`));
  return faults.some((each) => each.length === 0) ? [] : (faults[place] ?? [`${path}[${place}] is gone`]);
};

const wordsOf = (schema: Schema): readonly unknown[] | undefined => {
  if (Object.hasOwn(schema, 'const')) return [schema['const']];
  const words = schema['enum'];
  return Array.isArray(words) ? words : undefined;
};

const wordFaults = (frozen: Schema, current: Schema, path: string): string[] => {
  const [before, after] = [wordsOf(frozen), wordsOf(current)];
  if (before === undefined || after === undefined) {
    return before === after ? [] : [`${path} changed its words`];
  }
  return before.filter((word) => !after.includes(word)).map((word) => `${path}: ${String(word)} is gone`);
};

const isChoice = (schema: Schema): boolean => alternativesOf(schema).length > 0 && !isSchema(schema['properties']);

const JUDGED_APART = new Set([
  'properties',
  'required',
  'items',
  'additionalProperties',
  'oneOf',
  'anyOf',
  'title',
  'enum',
  'const',
]);

/** A list or text of which services take more than they did. */
const isLooser = (word: string, frozen: unknown, current: unknown, reader: Reader): boolean =>
  reader === 'service' &&
  (word === 'maxItems' || word === 'maxLength') &&
  typeof frozen === 'number' &&
  typeof current === 'number' &&
  current > frozen;

const objectFaults = (frozen: Schema, current: Schema, reader: Reader, path: string): string[] => {
  const keywords = new Set([...Object.keys(frozen), ...Object.keys(current)]);
  const changed = [...keywords].filter(
    (word) =>
      !JUDGED_APART.has(word) &&
      !same(frozen[word], current[word]) &&
      !isLooser(word, frozen[word], current[word], reader),
  );
  const alternatives = alternativesOf(current);
  return [
    ...changed.map((word) => `${path} changed its ${word}`),
    ...wordFaults(frozen, current, path),
    ...requiredFaults(frozen, current, reader).map((fault) => `${path}: ${fault}`),
    ...propertyFaults(frozen['properties'], current['properties'], reader, path),
    ...['items', 'additionalProperties'].flatMap((word) =>
      nonAdditiveChanges(frozen[word], current[word], reader, `${path}.${word}`),
    ),
    ...alternativesOf(frozen).flatMap((each, place) => alternativeFaults(each, place, alternatives, reader, path)),
  ];
};

/**
 * What makes a schema of this major version incompatible with the frozen one. Allowed are another optional field (in
 * what clients read: another field), another word of a list of words, another alternative of a choice, and, in what
 * services read, a larger limit, or a choice of which one alternative is what there was.
 */
export const nonAdditiveChanges = (frozen: unknown, current: unknown, reader: Reader, path = ''): string[] => {
  if (!isSchema(frozen) || !isSchema(current)) {
    return same(frozen, current) ? [] : [`${path} changed`];
  }
  if (reader === 'service' && isChoice(current) && !isChoice(frozen)) {
    const { $schema: _, ...shape } = frozen;
    return alternativeFaults(shape, 0, alternativesOf(current), reader, path);
  }
  return objectFaults(frozen, current, reader, path);
};
