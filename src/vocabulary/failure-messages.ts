/** What an entry of `SYSTEM_MESSAGES` is; its parts (`dns-messages.ts` and its kin) are made of them. */
import type { FailureKind } from '../model/failure.ts';

export interface SystemMessages {
  readonly kind: FailureKind;
  readonly code: string;
  /** `http`: an answer that is not the token endpoint's, a block page say. */
  readonly at: 'dns' | 'connect' | 'tls' | 'greeting' | 'http';
  /** Parts of sentences. One that ends in a digit fits only where no digit follows. */
  readonly words: readonly string[];
  /** Says less than any other entry that fits the same text. */
  readonly weak?: true;
}
