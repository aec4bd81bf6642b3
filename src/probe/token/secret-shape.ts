/**
 * What is wrong with a secret, judging by its shape? The user may have pasted the secret's ID in place of its value, or
 * a blank or a quote along with the value. Entra's text for AADSTS7000215 always mentions the secret ID, so only the
 * shape shows whether the ID was pasted. Does not reveal the secret.
 */
import type { SecretShape } from '../../model/evidence.ts';

const GUID = /^\{?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?$/i;
/**
 * The form of Entra's own secrets, such as `xxx8Q~...`: about 40 characters, with a tilde after three to five of them.
 */
const ENTRA_SECRET = /^[\w.-]{3,5}~[\w.~-]{28,40}$/;
const PERCENT_ENCODED = /%[0-9a-f]{2}/i;
const QUOTED = /^(["'`]).*\1$/s;
/** Entra does not generate shorter secrets. A shorter value is an incomplete copy, or a password. */
const SHORTEST = 20;

export function secretShape(secret: string): SecretShape {
  return { length: secret.length, looksLike: probeOf(secret) };
}

function probeOf(secret: string): SecretShape['looksLike'] {
  if (secret.trim() !== secret) return 'whitespace';
  if (QUOTED.test(secret)) return 'quoted';
  if (GUID.test(secret)) return 'guid';
  if (ENTRA_SECRET.test(secret)) return 'secret-value';
  if (PERCENT_ENCODED.test(secret)) return 'encoded';
  return secret.length < SHORTEST ? 'short' : 'other';
}
