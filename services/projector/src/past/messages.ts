import type { QueryReply } from '@fleetbook/contracts';
import type { Config } from '@fleetbook/operations';
import type { LogAccess } from '@fleetbook/service';

/** What the thread is given: values only, functions cannot be handed over. */
export interface PastPlace {
  readonly config: Config;
  readonly access: LogAccess;
  readonly version: string;
  readonly processId: string;
  /** Of the index alone. */
  readonly directory: string;
}

export interface PastQuestion {
  readonly id: number;
  readonly query: string;
  readonly payload: Uint8Array;
}

export interface PastAnswer {
  readonly id: number;
  readonly reply: QueryReply<unknown>;
}
