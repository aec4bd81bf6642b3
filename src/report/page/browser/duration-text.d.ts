/** Declares the browser's script for the server, which is compiled without it. */
export function durationText(ms: number): string;
