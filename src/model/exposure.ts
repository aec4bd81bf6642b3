/** Parts of the HTTP interface that need no token although tokens are set: configured, and applied by the guard. */
export const EXPOSURES = ['metrics', 'health', 'page', 'calendar'] as const;
export type Exposure = (typeof EXPOSURES)[number];
