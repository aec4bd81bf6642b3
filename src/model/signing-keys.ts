/**
 * Parses a file with the keys that sign webhooks (https://www.standardwebhooks.com). Called by `config/`, which checks
 * the keys, and by `notify/`, which signs with them.
 */
const PREFIX = 'whsec_';
/** The specification requires 24 to 64 random bytes. */
const KEY_BYTES = { least: 24, most: 64 };

/** Returns the keys of a file, one per line. If a key is invalid, returns a message without any content of the file. */
export function parseSigningKeys(text: string): readonly Buffer[] | string {
  const lines = text.split(/[\s]+/).filter((line) => line !== '');
  if (lines.length === 0) return 'expected a signing key, got an empty file';
  const keys: Buffer[] = [];
  for (const [at, line] of lines.entries()) {
    const encoded = line.startsWith(PREFIX) ? line.slice(PREFIX.length) : '';
    const key = Buffer.from(encoded, 'base64');
    const isBase64 = /^[\w+/-]+={0,2}$/.test(encoded);
    if (!isBase64 || key.length < KEY_BYTES.least || key.length > KEY_BYTES.most)
      return `expected "${PREFIX}" and the base64 of ${KEY_BYTES.least} to ${KEY_BYTES.most} bytes in line ${at + 1} of the signing keys, got a text of ${line.length} characters`;
    keys.push(key);
  }
  return keys;
}
