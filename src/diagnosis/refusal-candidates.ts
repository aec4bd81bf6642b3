/**
 * Which causes fit a refused login, best first, by the situation that it is in; and which words refuse without a
 * reason. Data of refusal.ts.
 */
import type { Cause } from '../model/cause.ts';
import type { Situation } from './situation.ts';
import type { PhraseId } from '../vocabulary/phrases.ts';

/** The words that refuse without a reason. */
export const REFUSALS: readonly PhraseId[] = [
  'authenticate-failed',
  'authentication-failed',
  'not-connected',
  'logon-denied',
  'no-recipient',
  'pop-auth-failure',
  'wrapped-refusal',
  'wrapped-open',
];

/** Words beside them that do give one: then the rule of those words speaks, and no candidates are listed. */
export const REASONS: readonly PhraseId[] = [
  'basic-blocked',
  'mechanism-unsupported',
  'account-blocked',
  'google',
  'other-server',
  'throttled',
  'temporary',
  'smtp-auth-disabled',
  'smtp-basic-disabled',
  'login-failed',
  'password-mechanism',
  'no-rest-mailbox',
];

export const SP_PAIR = [
  'exchange-sp-not-registered',
  'exchange-sp-wrong-object-id',
] as const satisfies readonly Cause[];
export const MAILBOX = [
  'mailbox-permission-missing',
  'mailbox-not-found-or-unlicensed',
  'username-mailbox-mismatch',
] as const satisfies readonly Cause[];

export const CANDIDATES: Readonly<Record<Situation, readonly Cause[]>> = {
  'other-protocol-works': ['protocol-disabled-on-mailbox', 'exchange-transient', 'propagation-delay'],
  'first-failure': [
    'exchange-transient',
    ...MAILBOX,
    'protocol-disabled-on-mailbox',
    'exchange-sp-not-registered',
    'service-incident',
  ],
  'comes-and-goes': [
    'exchange-transient',
    'service-incident',
    'exchange-throttled',
    ...MAILBOX,
    'protocol-disabled-on-mailbox',
  ],
  // Whatever is missing or switched off would not let it in now and then.
  intermittent: [
    'propagation-delay',
    'exchange-transient',
    'service-incident',
    'exchange-throttled',
    ...MAILBOX,
  ],
  'protocol-fails-everywhere': ['protocol-disabled-on-mailbox', 'service-incident', ...MAILBOX],
  'endpoint-lost': ['service-incident', 'exchange-transient', 'exchange-sp-not-registered'],
  'app-lost': [
    ...SP_PAIR,
    'service-incident',
    'exchange-transient',
    'propagation-delay',
    'mailbox-permission-missing',
  ],
  'mailbox-lost': [...MAILBOX, 'protocol-disabled-on-mailbox', 'exchange-transient', 'propagation-delay'],
  'alone-lost': [
    ...MAILBOX,
    ...SP_PAIR,
    'protocol-disabled-on-mailbox',
    'service-incident',
    'exchange-transient',
    'propagation-delay',
  ],
  'app-never-worked': [...SP_PAIR, 'propagation-delay', ...MAILBOX],
  'mailbox-never-worked': [...MAILBOX, 'protocol-disabled-on-mailbox', 'propagation-delay'],
  'alone-never-worked': [...SP_PAIR, ...MAILBOX, 'protocol-disabled-on-mailbox', 'propagation-delay'],
  'words-only': [
    'exchange-sp-wrong-object-id',
    'exchange-sp-not-registered',
    'mailbox-permission-missing',
    'username-mailbox-mismatch',
    'mailbox-not-found-or-unlicensed',
    'protocol-disabled-on-mailbox',
    'propagation-delay',
    'exchange-transient',
  ],
};

/** `OK AUTHENTICATE completed.` and then nothing but BAD: the token was taken, so nothing is wrong with it. */
export const CONNECTED_WORDS_ONLY: readonly Cause[] = [
  'mailbox-permission-missing',
  'protocol-disabled-on-mailbox',
  'mailbox-not-found-or-unlicensed',
  'exchange-transient',
  'username-mailbox-mismatch',
  'token-user-mailbox-mismatch',
  ...SP_PAIR,
  'service-incident',
  'exchange-throttled',
  'propagation-delay',
  'app-permission-missing',
  'ipv6-path',
];

export const MAILBOX_FIRST = [
  'mailbox-permission-missing',
  'protocol-disabled-on-mailbox',
] as const satisfies readonly Cause[];
/** The mailbox itself opens, or has just opened: its permission is there. */
export const OPENS_ELSEWHERE: ReadonlySet<Situation> = new Set([
  'other-protocol-works',
  'protocol-fails-everywhere',
  'first-failure',
  'comes-and-goes',
  'intermittent',
  'endpoint-lost',
]);

/** Only where the token's claims were not seen can these hide behind a refusal. */
export const BEHIND_UNSEEN_CLAIMS = [
  'app-permission-missing',
  'wrong-audience',
  'admin-consent-missing',
] as const satisfies readonly Cause[];
/** At which place of the list those come, by situation; nowhere where one mailbox fails among working ones. */
export const UNSEEN_CLAIMS_AT: Readonly<Partial<Record<Situation, number>>> = {
  'other-protocol-works': 1,
  'protocol-fails-everywhere': 1,
  'app-lost': 2,
  'app-never-worked': 2,
  'alone-never-worked': 2,
  'words-only': 2,
  'alone-lost': Number.MAX_SAFE_INTEGER,
};

/** Only where we did not build the login ourselves. */
export const BEHIND_FOREIGN_CLIENT = [
  'xoauth2-string-malformed',
  'access-token-expired',
  'basic-auth-retired',
  'token-user-mailbox-mismatch',
] as const satisfies readonly Cause[];
