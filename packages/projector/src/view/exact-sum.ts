/** An integer: a number while it is safe, a bigint beyond. */
export type ExactSum = number | bigint;

export function addExactly(left: ExactSum, right: ExactSum): ExactSum {
  const quick = typeof left === 'number' && typeof right === 'number' ? left + right : Number.NaN;
  if (Number.isSafeInteger(quick)) {
    return quick;
  }
  const sum = BigInt(left) + BigInt(right);
  const narrow = Number(sum);
  return Number.isSafeInteger(narrow) ? narrow : sum;
}

/** `factor`: a count. */
export function timesExactly(amount: number, factor: number): ExactSum {
  const quick = amount * factor;
  return Number.isSafeInteger(quick) ? quick : BigInt(amount) * BigInt(factor);
}

/** The nearest safe integer, which is what an answer can carry as a number. */
export function toSafe(sum: ExactSum): number {
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Number(sum)));
}

/** The sums that no safe integer holds, as decimal text; undefined when there are none. */
export function exactTexts<Name extends string>(
  sums: Readonly<Record<Name, ExactSum>>,
): Readonly<Partial<Record<Name, string>>> | undefined {
  let texts: Partial<Record<Name, string>> | undefined;
  for (const name in sums) {
    if (typeof sums[name] === 'bigint') {
      texts ??= {};
      texts[name] = sums[name].toString();
    }
  }
  return texts;
}
