/** What a form of a page sends: its media type, and its fields by name, without the empty ones. */
export const FORM = 'application/x-www-form-urlencoded';

export type Fields = Readonly<Record<string, string>>;

export function readFields(text: string): Fields {
  return Object.fromEntries([...new URLSearchParams(text)].filter(([, value]) => value !== ''));
}
