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

const listFaults = (frozen: unknown, current: unknown, reader: Reader, path: string): string[] =>
  Array.isArray(frozen)
    ? frozen.flatMap((schema, index) =>
        nonAdditiveChanges(schema, Array.isArray(current) ? current[index] : undefined, reader, `${path}[${index}]`),
      )
    : [];

const JUDGED_APART = new Set(['properties', 'required', 'items', 'additionalProperties', 'oneOf', 'anyOf', 'title']);

/**
 * What makes a schema of this major version incompatible with the frozen one. Allowed is one thing: another optional
 * field (in what clients read: another field). Alternatives may be added at the end of a list.
 */
export const nonAdditiveChanges = (frozen: unknown, current: unknown, reader: Reader, path = ''): string[] => {
  if (!isSchema(frozen) || !isSchema(current)) {
    return same(frozen, current) ? [] : [`${path} changed`];
  }
  const keywords = new Set([...Object.keys(frozen), ...Object.keys(current)]);
  const changed = [...keywords].filter((word) => !JUDGED_APART.has(word) && !same(frozen[word], current[word]));
  return [
    ...changed.map((word) => `${path} changed its ${word}`),
    ...requiredFaults(frozen, current, reader).map((fault) => `${path}: ${fault}`),
    ...propertyFaults(frozen['properties'], current['properties'], reader, path),
    ...['items', 'additionalProperties'].flatMap((word) =>
      nonAdditiveChanges(frozen[word], current[word], reader, `${path}.${word}`),
    ),
    ...['oneOf', 'anyOf'].flatMap((word) => listFaults(frozen[word], current[word], reader, `${path}.${word}`)),
  ];
};
