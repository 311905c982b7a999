/** The number at a path of names with points between them; undefined where there is none. */
export function figureAt(figures: object, path: string): number | undefined {
  let value: unknown = figures;
  for (const name of path.split('.')) {
    value = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  }
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
