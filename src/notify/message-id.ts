/**
 * Makes the id of a message: a UUID version 7 (RFC 9562) with a hash in place of the random part. Every replica and
 * every retry computes the same id for the same event. The store keeps one row per id. Pure.
 */
import { createHash } from 'node:crypto';

/** Returns an id. Ids sort by `at` (epoch milliseconds). `parts` identify the event: channel, incident, kind. */
export function messageId(at: number, parts: readonly string[]): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([at, ...parts]))
    .digest('hex');
  const time = Math.max(0, Math.trunc(at)).toString(16).padStart(12, '0').slice(-12);
  // The variant of a UUID is two bits, so this digit is 8, 9, a or b.
  const variant = ((Number.parseInt(hash.slice(3, 4), 16) & 0b0011) | 0b1000).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hash.slice(0, 3)}-${variant}${hash.slice(4, 7)}-${hash.slice(7, 19)}`;
}
