/** The types of `duration-text.js`, for TypeScript that is compiled without the browser's scripts. */
export function durationText(ms: number): string;
