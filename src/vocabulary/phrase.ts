/** The type of a phrase: a line of a mail server or a mail program, and its meaning. `phrases.ts` holds all phrases. */
import type { Cause } from '../model/cause.ts';
import type { Confidence } from '../model/diagnosis.ts';
import type { FailureKind } from '../model/failure.ts';
import type { PhraseId } from '../model/phrase-id.ts';
import { factsOf, PROTOCOL_IDS, type Protocol } from '../model/protocol.ts';

export interface Phrase {
  readonly id: PhraseId;
  /**
   * Words in lower case. Every text that matches the pattern holds at least one. They are searched before the pattern,
   * because that is faster.
   */
  readonly hints: readonly string[];
  readonly pattern: RegExp;
  /** The stage to which a pasted text with this phrase belongs. */
  readonly stage: 'connect' | 'greeting' | 'auth' | 'open';
  readonly kind: FailureKind;
  readonly protocol?: Protocol;
  /** If a phrase without this mark matches the same text, that phrase is more specific. */
  readonly weak?: true;
  /** True if the phrase is no failure by itself, and only adds facts to a failure near it. */
  readonly beside?: true;
  /** True if the phrase counts only in pasted text, because the pattern is too weak for a message of a server. */
  readonly pasted?: true;
  /** The possible causes, best first, and the confidence in the first one. Used for pasted text only. */
  readonly open?: readonly Cause[];
  readonly confidence?: Extract<Confidence, 'likely'>;
  /**
   * The complete messages that contain this phrase, in lower case. With them, a pasted text that is cut off in the
   * middle of a message is still recognized. Used for pasted text only.
   */
  readonly sentences?: readonly string[];
  /**
   * Words in lower case. The text must hold at least one of `needs`, and none of `unless`. Used for pasted text only.
   */
  readonly needs?: readonly string[];
  readonly unless?: readonly string[];
}

/** Words that show that a text concerns Exchange Online. The text may also name another server, as in a migration. */
export const EXCHANGE_MESSAGES: readonly string[] = [
  ...PROTOCOL_IDS.map((protocol) => `microsoft exchange ${factsOf(protocol).exchangeService.toLowerCase()}`),
  'outlook.office',
  'office365.com',
  'partner.outlook.cn',
];

/**
 * Words that show that a text concerns mail. They are needed, because servers of every kind print `authentication
 * failed`.
 */
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
