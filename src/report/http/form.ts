/** The forms of the pages: their media type, and their non-empty fields by name. */
export const FORM = 'application/x-www-form-urlencoded';

export type Fields = Readonly<Record<string, string>>;

export function readFields(text: string): Fields {
  return Object.fromEntries([...new URLSearchParams(text)].filter(([, value]) => value !== ''));
}
