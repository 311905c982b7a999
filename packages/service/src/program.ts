import type { Config, Logger, Metrics } from '@fleetbook/operations';

/** The process that a service is. */
export interface Program {
  readonly name: 'tracker' | 'projector';
  readonly config: Config;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly version: string;
  /** Tells this process from others of its kind, and from its own earlier runs. */
  readonly processId: string;
}
