/** Who may ask. `system` is the writer itself: it founds the ledger, takes office and runs timers. */
export const ROLES = ['agent', 'scheduler', 'operator', 'system'] as const;

export type Role = (typeof ROLES)[number];

/** Who asked. On the wire both parts come from the subject, never from the body. */
export interface Actor {
  readonly role: Role;
  readonly id: string;
}

export const isSameActor = (left: Actor, right: Actor): boolean => left.role === right.role && left.id === right.id;
