/** The type of an entry of `SYSTEM_MESSAGES` and of its parts, such as `dns-messages.ts`. */
import type { FailureKind } from '../model/failure.ts';

export interface SystemMessages {
  readonly kind: FailureKind;
  readonly code: string;
  /** The stage that failed. `http`: the answer came from another host than the token endpoint, such as a web filter. */
  readonly at: 'dns' | 'connect' | 'tls' | 'greeting' | 'http';
  /** Parts of sentences. A part that ends in a digit matches only if no further digit follows. */
  readonly words: readonly string[];
  /** If another entry that is not weak matches the same text, it is more specific. */
  readonly weak?: true;
}
