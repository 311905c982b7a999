/** A record while it is made, before anybody else sees it. */
export type Mutable<Value> = { -readonly [Field in keyof Value]: Value[Field] };
