/**
 * Writes and reads the head of a configuration as JSON, with its URLs and secrets, for the parent process. See
 * transfer.ts.
 */
import { Secret } from '../model/secret.ts';

/** Keys of a configuration cannot hold the character NUL. */
const URL_KEY = '\0url';
const SECRET_KEY = '\0secret';

/** The text holds secrets. It is sent only over the channel between the two processes. */
export function toText(value: unknown): string {
  return JSON.stringify(value, function (this: Readonly<Record<string, unknown>>, key, shown: unknown) {
    // `shown` has already been through `toJSON`.
    const member = this[key];
    if (member instanceof URL) return { [URL_KEY]: member.href };
    return member instanceof Secret ? { [SECRET_KEY]: member.reveal() } : shown;
  });
}

export function fromText(text: string): unknown {
  return JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    if (URL_KEY in value) return new URL(String(value[URL_KEY]));
    return SECRET_KEY in value ? new Secret(String(value[SECRET_KEY])) : value;
  });
}
