import { holdClaim, holdSide, inUnitOrder } from './charges.ts';
import type { ChargeLine, ReshapeRule } from './command.ts';
import { commandOf, type ReferenceEvent, type ReferenceEventOf } from './event.ts';
import type { ReferenceMove, ReferenceState } from './state.ts';
import { violate } from './violations.ts';

type Part = Pick<ChargeLine, 'units'> & { readonly amount?: number };

/** Charges go from provider to provider, rule after rule; what an owner holds of a class in all stays the same. */
export function reshapeCharges(state: ReferenceState, event: ReferenceEventOf<'ChargesReshaped'>): void {
  const { node, rules } = commandOf(event, 'Reshape');
  const claims = [...state.claims.values()].filter((claim) => claim.node === node);
  const moves = [...state.moves.values()].filter((move) => move.side?.node === node);
  for (const rule of rules) {
    for (const claim of claims) {
      claim.charge = reshaped(claim.charge, rule, partOf(rule, claim.instance, undefined));
      holdClaim(state, claim);
    }
    for (const move of moves) {
      reshapeSide(state, event, move, rule);
    }
  }
}

function reshapeSide(state: ReferenceState, event: ReferenceEvent, move: ReferenceMove, rule: ReshapeRule): void {
  const { side } = move;
  const charge = reshaped(side?.charge ?? [], rule, partOf(rule, move.instance, move.id));
  if (side === undefined || charge === side.charge) {
    return;
  }
  if (side.counted !== side.charge) {
    violate(state, event, `reshapes move ${move.id}, which counts only what it needs beyond the claim`);
  }
  side.charge = charge;
  side.counted = charge;
  holdSide(state, move);
}

/** What of an owner's charge the rule means; undefined when it does not mean this owner. */
function partOf(rule: ReshapeRule, instance: string, moveId: string | undefined): Part | undefined {
  if (rule.owners === undefined) {
    return {};
  }
  return rule.owners.find((owner) => owner.instance === instance && owner.moveId === moveId);
}

function reshaped(charge: readonly ChargeLine[], rule: ReshapeRule, part: Part | undefined): readonly ChargeLine[] {
  const from = charge.find((line) => line.class === rule.class && line.provider === rule.from);
  if (part === undefined || from === undefined) {
    return charge;
  }
  const units = part.units ?? (part.amount === undefined ? (from.units ?? []) : []);
  const amount = part.amount ?? (part.units === undefined ? from.amount : part.units.length);
  const left = (from.units ?? []).filter((unit) => !units.includes(unit));
  const rest = lineOf(rule.class, rule.from, from.amount - amount, left);
  const there = charge.find((line) => line.class === rule.class && line.provider === rule.to);
  const all = inUnitOrder([...(there?.units ?? []), ...units]);
  const moved = lineOf(rule.class, rule.to, (there?.amount ?? 0) + amount, all);
  const lines = charge.map((line) => (line === from ? rest : line === there ? moved : line));
  return [...lines, ...(there === undefined ? [moved] : [])].filter((line) => line.amount > 0);
}

function lineOf(resourceClass: string, provider: string, amount: number, units: readonly string[]): ChargeLine {
  return { provider, class: resourceClass, amount, ...(units.length > 0 ? { units } : {}) };
}
