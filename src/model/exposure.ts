/** What of the HTTP interface may need no token although tokens are set: written in the configuration, asked by the guard. */
export const EXPOSURES = ['metrics', 'health', 'page', 'calendar'] as const;
export type Exposure = (typeof EXPOSURES)[number];
