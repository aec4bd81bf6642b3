/**
 * Rows as one JSON text, which a statement takes apart with `json_to_recordset`: one parameter for any number of rows.
 * Used by the statements in this folder.
 */

/** What JSON writes for characters that PostgreSQL's texts cannot hold: NUL, and halves of surrogate pairs. */
const UNFIT = /\\u(?:0000|[dD][89abAB])/;

export function batch(rows: readonly unknown[]): string {
  const json = JSON.stringify(rows);
  return UNFIT.test(json) ? JSON.stringify(rows, fit) : json;
}

function fit(_: string, value: unknown): unknown {
  return typeof value === 'string' ? fitText(value) : value;
}

/** For a text that is a parameter by itself. */
export function fitText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '');
}

/** One statement must not write a row twice: of each key the last. */
export function lastOf<T>(rows: readonly T[], keyOf: (row: T) => string): readonly T[] {
  const byKey = new Map(rows.map((row) => [keyOf(row), row]));
  return byKey.size === rows.length ? rows : [...byKey.values()];
}
