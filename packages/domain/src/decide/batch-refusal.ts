import type { AtomicBatch, BatchPart, CommandMessage } from '../command.ts';
import type { JudgedAt } from '../decision.ts';
import type { JsonValue, RejectionDetails } from '../event.ts';
import { figuresOf } from '../fit/figures.ts';
import { FIT_RULES } from '../fit/result.ts';
import type { Ledger, Node } from '../ledger.ts';
import type { ChargeLine } from '../request.ts';
import { type Refused, withList, withSample } from './answer.ts';
import type { Overcharge } from './batch-room.ts';
import { type Breach, heldOf, holdersOfShort, refuseFit } from './refuse-fit.ts';

type JsonObject = { readonly [name: string]: JsonValue };

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The objects of a list; nothing where there is no list. */
const objectsIn = (value: JsonValue | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject) : [];

const breachIn = ({ rule: named, class: name, provider }: JsonObject): Breach | undefined => {
  const rule = FIT_RULES.find((each) => each === named);
  if (rule === undefined || typeof name !== 'string') return undefined;
  return { rule, class: name, ...(typeof provider === 'string' ? { provider } : {}) };
};

/** A rule with the figures of a node in the place of those it was judged by; rules without figures stay. */
const withFigures =
  (node: Node, held: readonly ChargeLine[]) =>
  (rule: JsonObject): JsonObject => {
    const breach = breachIn(rule);
    if (breach === undefined) return rule;
    const figures: { readonly [name: string]: number | undefined } = {
      ...figuresOf(node, breach.class, breach.provider),
      held: heldOf(held, breach),
    };
    return Object.fromEntries(Object.entries(rule).map(([name, value]) => [name, figures[name] ?? value]));
  };

/** What the instance of a command is charged on a node by its claim. */
const heldBefore = (ledger: Ledger, { instance: id }: BatchPart, node: Node): readonly ChargeLine[] => {
  const instance = ledger.instances.get(id);
  return instance?.status === 'held' && instance.claim.node === node.id ? instance.claim.charge : [];
};

const nodeIn = (ledger: Ledger, { node }: JsonObject): Node | undefined =>
  typeof node === 'string' ? ledger.nodes.look(node) : undefined;

const asBefore = (ledger: Ledger, command: BatchPart, details: RejectionDetails): RejectionDetails => {
  const told = (rules: JsonValue | undefined, node: Node): readonly JsonObject[] =>
    objectsIn(rules).map(withFigures(node, heldBefore(ledger, command, node)));
  if ('nodes' in details) {
    const nodes = objectsIn(details['nodes']).map((each) => {
      const node = nodeIn(ledger, each);
      return node === undefined ? each : { ...each, rules: told(each['rules'], node) };
    });
    return withList(details, 'nodes', nodes);
  }
  const node = nodeIn(ledger, details);
  if (node === undefined || !('rules' in details)) return details;
  const { holders: _, ...others } = details;
  const rules = told(details['rules'], node);
  const short = rules.flatMap((rule) => breachIn(rule) ?? []);
  return withSample(withList(others, 'rules', rules), 'holders', holdersOfShort(ledger, node, short));
};

/**
 * The refusal of a part as that of its batch. It was judged on what earlier parts did and on what the batch gives back;
 * what it tells is the ledger before the batch: what the parts would have made does not exist.
 */
export const refusePart = (
  ledger: Ledger,
  { command }: CommandMessage<AtomicBatch>,
  { rejection: { code, details } }: Refused,
  place: number,
): Refused => {
  const part = command.commands[place];
  if (part === undefined) throw new Error(`a batch has no command ${place}`);
  return { kind: 'rejected', rejection: { code, details: asBefore(ledger, part, { ...details, part: place }) } };
};

/** Each command has room, all of them together have not: the node's figures as they are, and who holds the rest. */
export const refuseOvercharge = (ledger: Ledger, overcharge: Overcharge, judgedAt: JudgedAt): Refused => {
  const { node: id, ...place } = overcharge;
  const node = ledger.nodes.look(id);
  if (node === undefined) throw new Error(`a batch charges ${id}, which is no node`);
  const rules = [{ group: '', ...place, ...figuresOf(node, place.class, place.provider) }];
  return refuseFit(ledger, node, { kind: 'refused', code: place.rule, rules }, judgedAt);
};
