/**
 * Text in base64, in the standard or the URL alphabet (RFC 4648, sections 4 and 5), padded or not, cut off anywhere:
 * parts of a JWT, SASL strings and challenges, of a probe as of a pasted text.
 */
const BASE64 = /^[\w+/-]*={0,2}$/;

/** Undefined for what is not base64. What is cut off within a byte loses that byte. */
export function decodeBase64(encoded: string): string | undefined {
  return BASE64.test(encoded) ? Buffer.from(encoded, 'base64').toString('utf8') : undefined;
}
