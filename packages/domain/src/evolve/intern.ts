import type { Actor, Role } from '../actor.ts';
import type { Provider } from '../ledger.ts';

const CAPACITY = 8_192;

const texts = new Map<string, string>();

const actors = new Map<Role, Map<string, Actor>>();

/**
 * One string for equal texts, so that a million claims of one flavor share its request text.
 * Module state is safe here: strings have no identity, so nobody can tell an interned text from its equal,
 * and emptying the table when it is full costs memory only.
 */
export const intern = (text: string): string => {
  const known = texts.get(text);
  if (known !== undefined) return known;
  if (texts.size >= CAPACITY) texts.clear();
  texts.set(text, text);
  return text;
};

const names = new Map<string, string>();

/**
 * As `intern`, for names that are compared with the keys of requests: V8 has one string for all equal property names,
 * and tells two of them apart without reading them.
 */
export const internName = (text: string): string => {
  const known = names.get(text);
  if (known !== undefined) return known;
  if (names.size >= CAPACITY) names.clear();
  const [name = text] = Object.keys({ [text]: 0 });
  names.set(name, name);
  return name;
};

/** Providers from elsewhere, with their classes named as in those that were reported here. */
export const withInternedClasses = (providers: readonly Provider[]): readonly Provider[] =>
  providers.map((provider) => ({
    ...provider,
    inventories: provider.inventories.map((inventory) => ({ ...inventory, class: internName(inventory.class) })),
  }));

/** One record for equal actors, by the same reasoning: nobody compares actors by identity. */
export const internActor = ({ role, id }: Actor): Actor => {
  let ofRole = actors.get(role);
  const known = ofRole?.get(id);
  if (known !== undefined) return known;
  if (ofRole === undefined || ofRole.size >= CAPACITY) {
    ofRole = new Map();
    actors.set(role, ofRole);
  }
  const actor: Actor = { role, id };
  ofRole.set(id, actor);
  return actor;
};
