/** The parts of the HTTP interface that the configuration can exempt from its tokens. */
export const EXPOSURES = ['metrics', 'health', 'page', 'calendar'] as const;
export type Exposure = (typeof EXPOSURES)[number];
