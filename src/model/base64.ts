/**
 * Decodes base64 text in the standard or the URL alphabet (RFC 4648, sections 4 and 5), padded or not, even if its end
 * is missing. Used for parts of a JWT, SASL strings and challenges, from a probe or from pasted text.
 */
const BASE64 = /^[\w+/-]*={0,2}$/;

/** Returns the text as UTF-8, or undefined if `encoded` is not base64. An incomplete last byte is dropped. */
export function decodeBase64(encoded: string): string | undefined {
  return BASE64.test(encoded) ? Buffer.from(encoded, 'base64').toString('utf8') : undefined;
}
