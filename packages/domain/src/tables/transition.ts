import type { RejectionCode } from '../rejection.ts';

/** What a command does in a state: reach a state, leave all as it is, or be refused. */
export type Transition<State extends string> =
  | { readonly kind: 'reach'; readonly state: State }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'refuse'; readonly code: RejectionCode };

/** A state machine as data: every state × every command it concerns. */
export type StateTable<State extends string, Type extends string, Reached extends string = State> = Readonly<
  Record<State, Readonly<Record<Type, Transition<Reached>>>>
>;

export const reach = <State extends string>(state: State): Transition<State> => ({ kind: 'reach', state });

export const UNCHANGED: Transition<never> = { kind: 'unchanged' };

export const refuse = (code: RejectionCode): Transition<never> => ({ kind: 'refuse', code });
