import type { StorageFacts } from '@fleetbook/contracts';

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** In the largest unit of which there is one, with three digits at most. */
export function bytesText(bytes: number): string {
  let amount = bytes;
  let unit = 0;
  while (amount >= 999.5 && unit < UNITS.length - 1) {
    amount /= 1_000;
    unit += 1;
  }
  return `${Number(amount.toPrecision(3))} ${UNITS[unit]}`;
}

/** What is known of the space for the log, in phrases. */
export function storagePhrases(storage: StorageFacts): readonly string[] {
  const { logBytes, freeBytes, totalBytes, bytesPerDay, daysToFull } = storage;
  return [
    ...(logBytes === undefined ? [] : [`log ${bytesText(logBytes)}`]),
    ...(bytesPerDay === undefined ? [] : [`grows ${bytesText(bytesPerDay)} a day`]),
    ...(freeBytes === undefined || totalBytes === undefined
      ? []
      : [`${bytesText(freeBytes)} of ${bytesText(totalBytes)} free`]),
    ...(daysToFull === undefined ? [] : [`full in ${daysToFull} days`]),
  ];
}
