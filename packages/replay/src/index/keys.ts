/** Under which keys a segment keeps positions; commands have a table of their own, by their ids. */
export const keyOf = {
  node: (id: string): string => `n:${id}`,
  instance: (id: string): string => `i:${id}`,
  move: (id: string): string => `m:${id}`,
  provider: (id: string): string => `p:${id}`,
  /** The event that ended an instance. */
  ended: (id: string): string => `e:${id}`,
  /** The event after which a move is closed and holds nothing more. */
  closed: (id: string): string => `c:${id}`,
  /** Every event of a type; every refusal with a code. */
  type: (name: string): string => `t:${name}`,
  refusal: (code: string): string => `r:${code}`,
} as const;
