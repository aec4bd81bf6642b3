/** The types of `duration-text.js`, for tests and other TypeScript. */
export function durationText(ms: number): string;
