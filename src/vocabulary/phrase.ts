/** What a line of a mail server is, as data: `phrases.ts` holds those that fail, `beside-phrases.ts` those that tell more. */
import type { Cause } from '../model/cause.ts';
import type { Confidence } from '../model/diagnosis.ts';
import type { FailureKind } from '../model/failure.ts';
import type { PhraseId } from '../model/phrase-id.ts';
import type { Protocol } from '../model/protocol.ts';

export interface Phrase {
  readonly id: PhraseId;
  /** Lower-case words that stand in every text which the pattern fits: found first, because that is fast. */
  readonly hints: readonly string[];
  readonly pattern: RegExp;
  /** Where pasted text that holds it belongs. */
  readonly stage: 'connect' | 'greeting' | 'auth' | 'open';
  readonly kind: FailureKind;
  readonly protocol?: Protocol;
  /** Says less than any phrase without it. */
  readonly weak?: true;
  /** No failure by itself: it only tells more of the one beside it. */
  readonly beside?: true;
  /** Used for pasted text only: in a server's own text, the pattern alone proves too little. */
  readonly pasted?: true;
  /** Used for pasted text only: the causes that it leaves open, best first, and the confidence in the first one. */
  readonly open?: readonly Cause[];
  readonly lead?: Extract<Confidence, 'likely'>;
  /** Used for pasted text only: the sentence in lower case, for a text that ends within it. */
  readonly sentences?: readonly string[];
  /** Used for pasted text only: lower-case words of which one must occur in the text, or none may. */
  readonly needs?: readonly string[];
  readonly unless?: readonly string[];
}

/** A text that also speaks of Exchange Online: a migration from elsewhere, say. */
export const EXCHANGE_MESSAGES: readonly string[] = [
  'microsoft exchange imap4',
  'microsoft exchange pop3',
  'outlook.office',
  'office365.com',
  'partner.outlook.cn',
];

/** `authentication failed` is said by every kind of server. */
export const MAIL_MESSAGES: readonly string[] = [
  'imap',
  'pop3',
  'smtp',
  'xoauth2',
  'sasl',
  'outlook',
  'office365',
  'microsoft exchange',
  'mailkit',
  'mailbox',
  'javax.mail',
  'jakarta.mail',
  'angus.mail',
];
