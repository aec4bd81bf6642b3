/**
 * Deadlines that no verdict may depend on: on a loaded machine a probe takes seconds, and must still see what the
 * sandbox answers and not its own deadline. For tests whose sandbox answers everything.
 */
export const PATIENT = { interval: '10m', timeout: '2m' } as const;
