/** The type of an entry of `SYSTEM_MESSAGES` and of its parts, such as `dns-messages.ts`. */
import type { FailureKind } from '../model/failure.ts';

export interface SystemMessages {
  readonly kind: FailureKind;
  readonly code: string;
  /** `http`: an answer that does not come from the token endpoint, for example a block page. */
  readonly at: 'dns' | 'connect' | 'tls' | 'greeting' | 'http';
  /** Parts of sentences. One that ends in a digit fits only where no digit follows. */
  readonly words: readonly string[];
  /** Less specific than any other entry that fits the same text. */
  readonly weak?: true;
}
