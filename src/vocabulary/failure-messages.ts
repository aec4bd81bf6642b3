/** The type of the entries of `SYSTEM_MESSAGES`. */
import type { FailureKind } from '../model/failure.ts';

export interface SystemMessages {
  readonly kind: FailureKind;
  readonly code: string;
  /**
   * The stage that failed. `http` means that something other than the token endpoint answered, such as a web filter.
   */
  readonly at: 'dns' | 'connect' | 'tls' | 'greeting' | 'http';
  /** Parts of sentences. A part that ends in a digit matches only if no further digit follows. */
  readonly words: readonly string[];
  /** If an entry without this mark matches the same text, that entry is more specific. */
  readonly weak?: true;
}
