/**
 * The limits of the tests, in one place. Only a hang reaches them: no verdict of a test depends on how fast the machine
 * is. Two cores shared with other work are often ten times slower than they are alone.
 */

/** The limit of a test and of a hook. A test that does more work than others says so beside its own, longer limit. */
export const TEST_MS = 180_000;

/** The limit of one wait, and of one program that a test runs. Shorter, so that the failure says what the test waited for. */
export const WAIT_MS = 120_000;
