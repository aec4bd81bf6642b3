/** Of a handful of figures; the lower of the two in the middle is not looked for. */
export function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
