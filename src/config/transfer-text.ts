/** The head of a configuration as JSON, with its URLs and secrets, for another thread of this process. See transfer.ts. */
import { Secret } from '../model/secret.ts';

/** No key of a configuration holds this character: it is refused as no text. */
const URL_KEY = '\0url';
const SECRET_KEY = '\0secret';

/** Never leaves the process: it holds secrets. */
export function toText(value: unknown): string {
  return JSON.stringify(value, function (this: Readonly<Record<string, unknown>>, key, shown: unknown) {
    // `shown` went through `toJSON` already.
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
