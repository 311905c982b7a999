import { median } from '../measure/sample.ts';

/** To two digits behind the point. */
export function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

/** With commas between thousands. */
export function countText(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** Least, median and greatest. */
export function rangeText(values: readonly number[], digits = 0): string {
  return [Math.min(...values), median(values), Math.max(...values)].map((value) => value.toFixed(digits)).join(' / ');
}
