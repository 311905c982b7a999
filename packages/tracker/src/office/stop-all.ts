import type { BusSubscription } from '../ports.ts';

export async function stopAll(subscriptions: readonly BusSubscription[]): Promise<void> {
  await Promise.all(subscriptions.map((subscription) => subscription.stop()));
}
