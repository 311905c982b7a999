const tableLine = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

export const quoted = (name: string): string => `\`${name}\``;

/** A Markdown table. */
export const tableOf = (headings: readonly string[], rows: readonly (readonly string[])[]): string =>
  [tableLine(...headings), `|${'---|'.repeat(headings.length)}`, ...rows.map((row) => tableLine(...row))].join('\n');
