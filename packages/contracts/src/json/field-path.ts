/** Object keys and array indexes from the body down to a field. */
export type FieldPath = readonly PropertyKey[];

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;
const BODY = '(body)';
const MAXIMUM_LENGTH = 256;

/**
 * Writes a path for people: `providers[0].inventories[2].total`, `labels["app/tier"]`.
 * The body itself is `(body)`. What does not fit 256 characters is cut off.
 */
export const formatPath = (path: FieldPath): string => {
  if (path.length === 0) {
    return BODY;
  }
  let text = '';
  for (const segment of path) {
    const key = String(segment);
    if (typeof segment === 'number') {
      text += `[${key}]`;
    } else if (!IDENTIFIER.test(key)) {
      text += `[${JSON.stringify(key)}]`;
    } else {
      text += text === '' ? key : `.${key}`;
    }
    if (text.length > MAXIMUM_LENGTH) {
      break;
    }
  }
  return text.slice(0, MAXIMUM_LENGTH).toWellFormed();
};
