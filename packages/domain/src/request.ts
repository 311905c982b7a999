/** Traits a group demands of a provider (named group) or of the whole tree of a node (default group). */
export interface TraitDemand {
  readonly required?: readonly string[];
  readonly forbidden?: readonly string[];
  /** Each inner list needs at least one of its traits. */
  readonly anyOf?: readonly (readonly string[])[];
}

/** Amount per resource class: positive safe integers. Keys match `[A-Z][A-Z0-9_]*`, so none looks like an integer. */
export type Amounts = Readonly<Record<string, number>>;

/** Unit ids asked for by name, per class; the class's amount then equals their count. */
export type NamedUnits = Readonly<Record<string, readonly string[]>>;

/** A named group is taken whole from one provider, `count` times from `count` distinct providers. */
export interface RequestGroup {
  readonly name: string;
  readonly resources: Amounts;
  readonly count?: number;
  /** Its providers are shared with no other named group of the same request. */
  readonly isolate?: boolean;
  readonly traits?: TraitDemand;
  readonly units?: NamedUnits;
}

/** What a claim asks for when the ledger chooses the providers. */
export interface ResourceRequest {
  /** The default group: each class whole from any one provider of the tree. */
  readonly resources?: Amounts;
  readonly traits?: TraitDemand;
  readonly units?: NamedUnits;
  readonly groups?: readonly RequestGroup[];
}

/** One line of what an owner holds on a node. `amount` equals `units.length` where the class has units. */
export interface ChargeLine {
  readonly provider: string;
  readonly class: string;
  readonly amount: number;
  readonly units?: readonly string[];
}
