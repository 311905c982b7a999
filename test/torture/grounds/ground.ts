import type { Place, ServicesAt } from '../../support/services-at.ts';
import type { Faults } from '../faults.ts';
import type { TorturedServices } from '../services.ts';

/** A fault that is not done, and why. */
export interface LeftOut {
  readonly fault: string;
  readonly reason: string;
}

/** What keeps the log and the bus of a tortured cell, and what can befall it. */
export interface Ground {
  readonly name: 'one server' | 'cluster' | 'EventStoreDB';
  readonly cell: string;
  readonly place: Place;
  readonly faults: Faults;
  readonly leftOut: readonly LeftOut[];
  /** Makes the log, where the services would make another than is wanted. */
  prepare?(services: ServicesAt): Promise<void>;
  /** What is done at last, when all services have ended. Gives what is wrong. */
  finish?(services: TorturedServices): Promise<readonly string[]>;
  stop(): Promise<void>;
}
