/**
 * Passes rows as one JSON text, which a statement expands with `json_to_recordset`. So the statement has one parameter
 * for any number of rows. Used by the statements in this folder.
 */

/** Finds characters that a PostgreSQL text cannot contain, as JSON writes them: NUL and unpaired surrogates. */
const UNFIT = /\\u(?:0000|[dD][89abAB])/;

export function batch(rows: readonly unknown[]): string {
  const json = JSON.stringify(rows);
  return UNFIT.test(json) ? JSON.stringify(rows, fit) : json;
}

function fit(_: string, value: unknown): unknown {
  return typeof value === 'string' ? fitText(value) : value;
}

/** Removes NUL and replaces unpaired surrogates, for a text that is not part of a batch. */
export function fitText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '');
}

/** Returns the last row of each key, because one statement must not write a row twice. */
export function lastOf<T>(rows: readonly T[], keyOf: (row: T) => string): readonly T[] {
  const byKey = new Map(rows.map((row) => [keyOf(row), row]));
  return byKey.size === rows.length ? rows : [...byKey.values()];
}
