import type { NodeReason } from '@fleetbook/contracts';
import type { ResourceRequest, TraitDemand } from '@fleetbook/domain';
import { type ClassColumns, MAXIMUM_HEADROOMS } from './columns.ts';
import { traitDemandOf } from './demand.ts';
import type { NodeTable } from './node-table.ts';
import { type PlainItem, plainItemsOf } from './plain-request.ts';
import { breaksAmountRule } from './possible-rows.ts';
import type { NodeRefusal } from './reason-memo.ts';
import { type RowTest, traitTest } from './row-test.ts';

/** The rules that columns can judge, in the decider's order: the first that is broken names the refusal. */
const RULES = [
  'UNKNOWN_CLASS',
  'TRAIT_MISSING',
  'TRAIT_FORBIDDEN',
  'AMOUNT_RULE',
  'NO_CAPACITY',
  'NO_ASSIGNMENT',
] as const satisfies readonly NodeReason[];

const RULE = {
  UNKNOWN_CLASS: 0,
  TRAIT_MISSING: 1,
  TRAIT_FORBIDDEN: 2,
  AMOUNT_RULE: 3,
  NO_CAPACITY: 4,
  NO_ASSIGNMENT: 5,
};
const NO_RULE = RULES.length;

/** Judges rows by the columns alone, which must be open to claims. */
export interface ColumnJudge {
  /** By place in the list a code: the same code, the same refusal. The table must have been refreshed. */
  judge(rows: Uint32Array): Uint32Array;
  /** Undefined where only the decider's own rules tell, or no rule is broken. */
  refusalOf(code: number): NodeRefusal | undefined;
  /** Codes are below it. */
  readonly codes: number;
}

/** The refusals are those of the decider: of the rule that a row breaks first. */
export function createColumnJudge(table: NodeTable, request: ResourceRequest): ColumnJudge {
  const items = plainItemsOf(request);
  if (items === undefined) {
    return { judge: (rows) => new Uint32Array(rows.length), refusalOf: () => undefined, codes: 1 };
  }
  const places = items.length + 1;
  return {
    judge: (rows) => codesOf(table, request, items, rows),
    refusalOf(code) {
      const reason = RULES[Math.floor(code / places)];
      const item = items[(code % places) - 1];
      if (reason === undefined) {
        return undefined;
      }
      return item === undefined ? { reason } : { reason, class: item.class };
    },
    codes: NO_RULE * places + 1,
  };
}

function codesOf(
  table: NodeTable,
  request: ResourceRequest,
  items: readonly PlainItem[],
  rows: Uint32Array,
): Uint32Array {
  const verdicts = createVerdicts(rows.length, items.length);
  const treeRules = treeRulesOf(table, request.traits, rows);
  if (treeRules !== undefined && !items.some((item) => item.isOfDefaultGroup)) {
    noteTreeRules(verdicts, treeRules);
  }
  for (const [place, item] of items.entries()) {
    noteItem(verdicts, table, rows, { item, place: place + 1, treeRules });
  }
  for (const [place, item] of items.entries()) {
    noteCrowding(verdicts, table, rows, { item, place: place + 1 });
  }
  const { codes, places, isUndecided } = verdicts;
  for (let index = 0; index < rows.length; index += 1) {
    codes[index] = isUndecided[index] === 1 ? NO_RULE * places : (codes[index] ?? 0);
  }
  return codes;
}

/**
 * Per row the least code: rule times the number of places, plus the place of the item that breaks it. Place 0 is the
 * tree's. So the least is the first rule, and of those who break it the first item.
 */
interface Verdicts {
  readonly codes: Uint32Array;
  readonly places: number;
  /** 1 where an item may break a rule that the columns do not tell. */
  readonly isUndecided: Uint8Array;
}

interface ItemAt {
  readonly item: PlainItem;
  readonly place: number;
}

function createVerdicts(rows: number, items: number): Verdicts {
  const places = items + 1;
  const codes = new Uint32Array(rows).fill(NO_RULE * places);
  return { codes, places, isUndecided: new Uint8Array(rows) };
}

function note({ codes, places }: Verdicts, index: number, rule: number, place: number): void {
  const code = rule * places + place;
  if (code < (codes[index] ?? 0)) {
    codes[index] = code;
  }
}

/** Per row the trait rule that the whole tree breaks; undefined when there is none to break. */
function treeRulesOf(table: NodeTable, traits: TraitDemand | undefined, rows: Uint32Array): Uint8Array | undefined {
  const { required, anyOf, forbidden } = traitDemandOf(traits);
  const hasWanted = traitTest(table.traits, { required, anyOf, forbidden: [] });
  const hasNoForbidden = traitTest(table.traits, { required: [], anyOf: [], forbidden });
  if (hasWanted === undefined && hasNoForbidden === undefined) {
    return undefined;
  }
  return Uint8Array.from(rows, (row) => {
    if (hasWanted?.(row) === false) {
      return RULE.TRAIT_MISSING;
    }
    return hasNoForbidden?.(row) === false ? RULE.TRAIT_FORBIDDEN : NO_RULE;
  });
}

function noteTreeRules(verdicts: Verdicts, treeRules: Uint8Array): void {
  for (const [index, rule] of treeRules.entries()) {
    if (rule !== NO_RULE) {
      note(verdicts, index, rule, 0);
    }
  }
}

/** The rule that the best of the providers breaks for one item, where all that offer its class are alike. */
function noteItem(
  verdicts: Verdicts,
  table: NodeTable,
  rows: Uint32Array,
  { item, place, treeRules }: ItemAt & { readonly treeRules: Uint8Array | undefined },
): void {
  const columns = table.classColumns(item.class);
  const highest = columns?.headrooms[0];
  if (columns === undefined || highest === undefined) {
    for (let index = 0; index < rows.length; index += 1) {
      note(verdicts, index, RULE.UNKNOWN_CLASS, place);
    }
    return;
  }
  const { codes, places, isUndecided } = verdicts;
  const ownTraits = ownTraitTest(table, item);
  const treeRuleOf = item.isOfDefaultGroup ? treeRules : undefined;
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows[index] ?? 0;
    const headroom = highest[row] ?? Number.NEGATIVE_INFINITY;
    const treeRule = treeRuleOf === undefined ? NO_RULE : (treeRuleOf[index] ?? NO_RULE);
    let rule: number = NO_RULE;
    if (headroom === Number.NEGATIVE_INFINITY) {
      rule = RULE.UNKNOWN_CLASS;
    } else if (treeRule !== NO_RULE) {
      rule = treeRule;
    } else if (ownTraits?.(row) === false) {
      rule = RULE.TRAIT_MISSING;
    } else if (ownTraits !== undefined || columns.isUniform[row] === 0) {
      isUndecided[index] = 1;
    } else if (breaksAmountRule(columns, row, item)) {
      rule = RULE.AMOUNT_RULE;
    } else if (headroom < item.amount) {
      rule = RULE.NO_CAPACITY;
    }
    const code = rule * places + place;
    if (code < (codes[index] ?? 0)) {
      codes[index] = code;
    }
  }
}

/** Whether the united traits of a tree have what one provider must have; undefined when the item asks for none. */
function ownTraitTest(table: NodeTable, { traits }: PlainItem): RowTest | undefined {
  if (traits === undefined) {
    return undefined;
  }
  const { required, anyOf } = traitDemandOf(traits);
  return traitTest(table.traits, { required, anyOf, forbidden: [] }) ?? (() => true);
}

/** Items that each find a provider, and one of them too few. */
function noteCrowding(verdicts: Verdicts, table: NodeTable, rows: Uint32Array, { item, place }: ItemAt): void {
  if (item.count === 1) {
    return;
  }
  const columns: ClassColumns | undefined = table.classColumns(item.class);
  const last = columns?.headrooms[Math.min(item.count, MAXIMUM_HEADROOMS) - 1];
  for (let index = 0; index < rows.length; index += 1) {
    if ((last?.[rows[index] ?? 0] ?? Number.NEGATIVE_INFINITY) < item.amount) {
      note(verdicts, index, RULE.NO_ASSIGNMENT, place);
    } else if (item.count > MAXIMUM_HEADROOMS) {
      verdicts.isUndecided[index] = 1;
    }
  }
}
