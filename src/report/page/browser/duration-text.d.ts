/** For the server, which is compiled without the scripts of the browser. */
export function durationText(ms: number): string;
