import { compareWithBudgets, type Reached } from './budgets.ts';
import { countText } from './numbers.ts';

/** Budget beside figure, for people. */
export function budgetLines(figures: object): string[] {
  const rows = compareWithBudgets(figures);
  const [wanted, reached] = ['wanted', 'reached'].map((title) => title.padStart(14));
  const head = `${'wanted and reached'.padEnd(52)} ${wanted} ${reached}  of wanted  of its limits`;
  return rows.length === 0 ? [] : [head, ...rows.map(textRow)];
}

function textRow(row: Reached): string {
  const [wanted, reached] = [wantedText(row).padStart(14), valueText(row.reached, row.unit).padStart(14)];
  const share = row.ofWanted.toFixed(2).padStart(10);
  return `${row.what.padEnd(52)} ${wanted} ${reached} ${share}  ${limitText(row)}`.trimEnd();
}

/** The same as a table of Markdown. */
export function budgetTable(figures: object): string[] {
  return [
    '| what | wanted | reached | of wanted | of its limits |',
    '|---|---|---|---|---|',
    ...compareWithBudgets(figures).map((row) => {
      const cells = [row.what, wantedText(row), valueText(row.reached, row.unit), row.ofWanted.toFixed(2)];
      return `| ${[...cells, limitText(row)].join(' | ')} |`;
    }),
  ];
}

function limitText({ ofLimits }: Reached): string {
  return Object.entries(ofLimits)
    .map(([name, share]) => `${name} ${share.toFixed(2)}`)
    .join(', ');
}

function wantedText({ is, wanted, unit }: Reached): string {
  return `${is === 'at least' ? '≥' : '≤'} ${valueText(wanted, unit)}`;
}

function valueText(value: number, unit: string): string {
  return `${value >= 100 ? countText(value) : String(Math.round(value * 100) / 100)}${unit}`;
}
