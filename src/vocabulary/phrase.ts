/**
 * The type of a phrase: a line of a mail server or a mail program, and its meaning. `phrases.ts` holds all of them.
 * Those in `beside-phrases.ts` only add facts to a failure.
 */
import type { Cause } from '../model/cause.ts';
import type { Confidence } from '../model/diagnosis.ts';
import type { FailureKind } from '../model/failure.ts';
import type { PhraseId } from '../model/phrase-id.ts';
import { factsOf, PROTOCOL_IDS, type Protocol } from '../model/protocol.ts';

export interface Phrase {
  readonly id: PhraseId;
  /** Words in lower case. A text that matches the pattern holds one of them. They are searched first, which is fast. */
  readonly hints: readonly string[];
  readonly pattern: RegExp;
  /** The stage to which a pasted text with this phrase belongs. */
  readonly stage: 'connect' | 'greeting' | 'auth' | 'open';
  readonly kind: FailureKind;
  readonly protocol?: Protocol;
  /** Any phrase that is not weak is more specific. */
  readonly weak?: true;
  /** No failure by itself. It only adds facts to a failure next to it. */
  readonly beside?: true;
  /** Used for pasted text only, because the pattern is too weak to judge a text of a server. */
  readonly pasted?: true;
  /** Used for pasted text only. The possible causes, best first. `lead` is the confidence in the first one. */
  readonly open?: readonly Cause[];
  readonly lead?: Extract<Confidence, 'likely'>;
  /**
   * Used for pasted text only. The whole sentence in lower case, to recognize it if the text ends within the sentence.
   */
  readonly sentences?: readonly string[];
  /**
   * Used for pasted text only. Words in lower case. At least one of `needs` must occur in the text, and none of
   * `unless`.
   */
  readonly needs?: readonly string[];
  readonly unless?: readonly string[];
}

/**
 * Words that show that a text concerns Exchange Online. The text may also name another server, for example in a
 * migration.
 */
export const EXCHANGE_MESSAGES: readonly string[] = [
  ...PROTOCOL_IDS.map((protocol) => `microsoft exchange ${factsOf(protocol).exchangeService.toLowerCase()}`),
  'outlook.office',
  'office365.com',
  'partner.outlook.cn',
];

/** Words that show that a text concerns mail. Servers of every kind say `authentication failed`. */
export const MAIL_MESSAGES: readonly string[] = [
  ...PROTOCOL_IDS,
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
