import { catcherText, type Variant } from './variant.ts';

/** The variants as the page of the museum lists them. */
export function tableOf(variants: readonly Variant[]): string {
  const rows = variants.map((variant) => {
    const { id, breaks, invariants, catcher } = variant;
    return `| \`${id}\` | ${breaks} | ${invariants.join(', ')} | ${catcherText(catcher).replaceAll('|', '\\|')} |`;
  });
  return ['| variant | what it does to users | invariants | caught by |', '| --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
}
