/** Converts a part of the configuration to JSON and back, including its URLs and secrets. Used by `transfer.ts`. */
import { Secret } from '../model/secret.ts';

/** These keys begin with the character NUL, so no key of a configuration equals them. */
const URL_KEY = '\0url';
const SECRET_KEY = '\0secret';

/** The text holds secrets. It is sent only over the channel between the two processes. */
export function toText(value: unknown): string {
  return JSON.stringify(value, function (this: Readonly<Record<string, unknown>>, key, shown: unknown) {
    // `shown` is what `toJSON` returned, which hides secrets. So the original value is read.
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
