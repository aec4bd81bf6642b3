/** The forms of the pages: their media type, and the fields that are not empty. */
export const FORM = 'application/x-www-form-urlencoded';

export type Fields = Readonly<Record<string, string>>;

export function readFields(text: string): Fields {
  return Object.fromEntries([...new URLSearchParams(text)].filter(([, value]) => value !== ''));
}
