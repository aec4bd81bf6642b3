/**
 * The type of a phrase: a line of a mail server and its meaning. `phrases.ts` holds the lines that report a failure,
 * `beside-phrases.ts` those that add facts to one.
 */
import type { Cause } from '../model/cause.ts';
import type { Confidence } from '../model/diagnosis.ts';
import type { FailureKind } from '../model/failure.ts';
import type { PhraseId } from '../model/phrase-id.ts';
import { factsOf, PROTOCOL_IDS, type Protocol } from '../model/protocol.ts';

export interface Phrase {
  readonly id: PhraseId;
  /** Lower-case words. Every text that matches the pattern holds one of them. Searched first, because that is fast. */
  readonly hints: readonly string[];
  readonly pattern: RegExp;
  /** The stage to which a pasted text with this phrase belongs. */
  readonly stage: 'connect' | 'greeting' | 'auth' | 'open';
  readonly kind: FailureKind;
  readonly protocol?: Protocol;
  /** Less specific than any phrase that is not weak. */
  readonly weak?: true;
  /** No failure by itself. It only adds facts to a failure next to it. */
  readonly beside?: true;
  /** Used for pasted text only: in a server's own text, the pattern alone proves too little. */
  readonly pasted?: true;
  /** Used for pasted text only: the possible causes, best first. `lead` is the confidence in the first one. */
  readonly open?: readonly Cause[];
  readonly lead?: Extract<Confidence, 'likely'>;
  /**
   * Used for pasted text only: the whole sentence in lower case, to recognize it in a text that was cut off within it.
   */
  readonly sentences?: readonly string[];
  /**
   * Used for pasted text only: lower-case words. At least one of `needs` must occur in the text, and none of `unless`.
   */
  readonly needs?: readonly string[];
  readonly unless?: readonly string[];
}

/** Words of a text that concerns Exchange Online, even if it also names another server, for example in a migration. */
export const EXCHANGE_MESSAGES: readonly string[] = [
  ...PROTOCOL_IDS.map((protocol) => `microsoft exchange ${factsOf(protocol).exchangeService.toLowerCase()}`),
  'outlook.office',
  'office365.com',
  'partner.outlook.cn',
];

/** Words of a text that concerns mail. Every kind of server says `authentication failed`. */
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
