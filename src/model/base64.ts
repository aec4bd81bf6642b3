/**
 * Decodes base64 in the standard or the URL alphabet (RFC 4648, sections 4 and 5). The padding and the end of the text
 * may be missing. Used for the parts of a JWT, SASL strings and SASL challenges.
 */
const BASE64 = /^[\w+/-]*={0,2}$/;

/** Returns the text as UTF-8, or undefined if `encoded` is not base64. An incomplete last byte is dropped. */
export function decodeBase64(encoded: string): string | undefined {
  return BASE64.test(encoded) ? Buffer.from(encoded, 'base64').toString('utf8') : undefined;
}
