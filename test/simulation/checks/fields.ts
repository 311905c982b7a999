export type Fields = Readonly<Record<string, unknown>>;

/** The fields of a JSON object; none where the bytes are no such thing. */
export function fieldsOf(payload: Uint8Array): Fields {
  try {
    const value: unknown = JSON.parse(Buffer.from(payload).toString('utf8'));
    return isFields(value) ? value : {};
  } catch {
    return {};
  }
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

export function textField(value: unknown, name: string): string | undefined {
  const field = isFields(value) ? value[name] : undefined;
  return typeof field === 'string' ? field : undefined;
}
