/** Ids of nodes, agents, instances, providers, units, tenants, aggregates, commands. Case-sensitive. */
export const ID_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,252}$/;

/** Resource classes and traits. */
export const CLASS_PATTERN = /^[A-Z][A-Z0-9_]{0,254}$/;

/** Names of request groups. */
export const GROUP_NAME_PATTERN = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/** Words of a hypervisor's manager for what a guest does. */
export const WORD_PATTERN = /^[A-Za-z][A-Za-z0-9._-]{0,63}$/;

export const LABEL_KEY_PATTERN = /^[A-Za-z][A-Za-z0-9._/-]{0,62}$/;

/** Text for people: no control characters, no line separators that would forge a line of a log. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it excludes; \p{Cc} is not known everywhere.
export const PRINTABLE_PATTERN = /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$/;

const CELL_NAME_PATTERN = /^[A-Za-z0-9_-]{1,32}$/;

export const isId = (text: string): boolean => ID_PATTERN.test(text);

export const isCellName = (text: string): boolean => CELL_NAME_PATTERN.test(text);
