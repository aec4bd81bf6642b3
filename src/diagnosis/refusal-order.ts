/**
 * The order of the candidate causes of a refused login. The table is read from top to bottom. Every row that applies
 * adds its causes. A cause that was added before keeps its place. `refusal.ts` decides whether the login was refused
 * without a reason, and gets the candidates from here.
 */
/* oxlint-disable eslint/max-lines -- a table: split, it would no longer show the order in one place */
import type { Cause } from '../model/cause.ts';
import type { Situation } from './situation.ts';

export interface RefusalFacts {
  readonly situation: Situation;
  /** True if the server accepted the identity of the app, but the mailbox did not open. */
  readonly connected: boolean;
  /** True if the token's claims are not known. */
  readonly claimsUnseen: boolean;
  /** True if the pasted text requests a token for Microsoft Graph. */
  readonly graphScope: boolean;
  /** True if the pasted text concerns a sign-in of a user. Permissions of an application do not apply to it. */
  readonly userFlow: boolean;
  /** True if the user in the pasted SASL string is not an address. */
  readonly oddUser: boolean;
  /** True if the server reports that the recipient does not exist. */
  readonly noRecipient: boolean;
  /** True if the other protocols of this mailbox fail as well. */
  readonly othersFail: boolean;
  /** True if the target has failed for at least four probes in a row. */
  readonly lasting: boolean;
  /** True if targets of other apps fail in the same way at this host, and none of them works. */
  readonly hostFails: boolean;
}

/**
 * A row of the table.
 * - `in`     the situations to which the row applies; all situations, if absent
 * - `when`   a further condition
 * - `first`  the causes that the row adds
 * - `last`   causes that go to the end of the list, if any row adds them
 */
interface Row {
  readonly in?: readonly Situation[];
  readonly when?: (facts: RefusalFacts) => boolean;
  readonly first?: readonly Cause[];
  readonly last?: readonly Cause[];
}

export const SP_PAIR = [
  'exchange-sp-not-registered',
  'exchange-sp-wrong-object-id',
] as const satisfies readonly Cause[];

const MAILBOX = [
  'mailbox-permission-missing',
  'mailbox-not-found-or-unlicensed',
  'username-mailbox-mismatch',
] as const satisfies readonly Cause[];

/** Matches a pasted text in which the login itself was refused. Nothing is known about other mailboxes and the past. */
const TEXT_ONLY = { in: ['words-only'], when: ({ connected }) => !connected } as const satisfies Row;

const ORDER: readonly Row[] = [
  // A pasted text holds `OK AUTHENTICATE completed.` and then BAD: the token was accepted, but the mailbox did not
  // open.
  {
    in: ['words-only'],
    when: ({ connected }) => connected,
    first: [
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
    ],
  },

  // The pasted text itself points to one cause.
  {
    in: ['words-only'],
    when: ({ connected, graphScope }) => !connected && graphScope,
    first: ['wrong-audience'],
  },
  {
    in: ['words-only'],
    when: ({ connected, oddUser }) => !connected && oddUser,
    first: ['username-mailbox-mismatch'],
  },
  {
    in: ['words-only'],
    when: ({ connected, noRecipient }) => !connected && noRecipient,
    first: ['mailbox-not-found-or-unlicensed', 'username-mailbox-mismatch', 'token-user-mailbox-mismatch'],
  },
  {
    in: [
      'first-failure',
      'comes-and-goes',
      'intermittent',
      'protocol-fails-everywhere',
      'mailbox-lost',
      'alone-lost',
      'app-never-worked',
      'mailbox-never-worked',
      'alone-never-worked',
    ],
    when: ({ noRecipient }) => noRecipient,
    first: ['mailbox-not-found-or-unlicensed', 'username-mailbox-mismatch'],
  },

  // Perhaps all protocols are switched off. But if all of them fail, another cause is always more likely.
  { when: ({ othersFail }) => othersFail, last: ['protocol-disabled-on-mailbox'] },

  // Exchange accepted the identity, so the app is registered, and a missing permission for the mailbox is more likely.
  // But if all mailboxes begin to fail at once, a missing permission is unlikely, too, because nobody removes so many
  // permissions at the same moment.
  {
    in: ['app-lost'],
    when: ({ connected, lasting, noRecipient }) => connected && !lasting && !noRecipient,
    first: ['exchange-transient', 'mailbox-permission-missing'],
  },
  {
    in: [
      'app-lost',
      'mailbox-lost',
      'alone-lost',
      'app-never-worked',
      'mailbox-never-worked',
      'alone-never-worked',
    ],
    when: ({ connected, noRecipient }) => connected && !noRecipient,
    first: ['mailbox-permission-missing'],
  },
  {
    in: ['mailbox-lost', 'alone-lost', 'mailbox-never-worked', 'alone-never-worked'],
    when: ({ connected, noRecipient }) => connected && !noRecipient,
    first: ['protocol-disabled-on-mailbox'],
  },

  // Another protocol works with the same token, so the token is for Exchange.
  { in: ['other-protocol-works', 'protocol-fails-everywhere'], first: ['protocol-disabled-on-mailbox'] },
  {
    in: ['protocol-fails-everywhere'],
    when: ({ othersFail }) => othersFail,
    first: ['service-incident'],
  },
  {
    in: ['other-protocol-works', 'protocol-fails-everywhere'],
    when: ({ claimsUnseen }) => claimsUnseen,
    first: ['app-permission-missing', 'admin-consent-missing'],
  },
  { in: ['other-protocol-works'], first: ['exchange-transient', 'propagation-delay'] },
  { in: ['protocol-fails-everywhere'], first: ['service-incident', ...MAILBOX] },

  // The mailbox worked a moment ago, or works from time to time.
  {
    in: ['first-failure'],
    first: [
      'exchange-transient',
      ...MAILBOX,
      'protocol-disabled-on-mailbox',
      'exchange-sp-not-registered',
      'service-incident',
    ],
  },
  {
    in: ['comes-and-goes'],
    first: [
      'exchange-transient',
      'service-incident',
      'exchange-throttled',
      ...MAILBOX,
      'protocol-disabled-on-mailbox',
    ],
  },
  // With a missing permission or a disabled protocol, the mailbox would never open. So the permission comes last, and
  // the protocol is not listed.
  {
    in: ['intermittent'],
    first: ['propagation-delay', 'exchange-transient', 'service-incident', 'exchange-throttled', ...MAILBOX],
  },
  { in: ['endpoint-lost'], first: ['service-incident', 'exchange-transient', 'exchange-sp-not-registered'] },

  // Other mailboxes of the app work. In the situation `alone-lost`, none of them has been probed since the failure.
  {
    in: ['mailbox-lost'],
    first: [...MAILBOX, 'protocol-disabled-on-mailbox', 'exchange-transient', 'propagation-delay'],
  },
  { in: ['mailbox-never-worked'], first: [...MAILBOX, 'protocol-disabled-on-mailbox', 'propagation-delay'] },
  {
    in: ['alone-lost'],
    first: [
      ...MAILBOX,
      ...SP_PAIR,
      'protocol-disabled-on-mailbox',
      'service-incident',
      'exchange-transient',
      'propagation-delay',
    ],
  },

  // The whole app fails, or a single mailbox fails and nothing is known about others.
  { in: ['app-lost', 'app-never-worked', 'alone-never-worked'], first: SP_PAIR },
  { ...TEXT_ONLY, first: ['exchange-sp-wrong-object-id', 'exchange-sp-not-registered'] },
  // A missing role, consent or audience affects the whole app, never a single mailbox while others work.
  {
    in: ['app-lost', 'app-never-worked', 'alone-never-worked', 'alone-lost', 'words-only'],
    when: ({ situation, connected, claimsUnseen }) =>
      claimsUnseen && (situation !== 'words-only' || !connected),
    first: ['app-permission-missing', 'wrong-audience', 'admin-consent-missing'],
  },
  {
    in: ['app-lost'],
    first: ['service-incident', 'exchange-transient', 'propagation-delay', 'mailbox-permission-missing'],
  },
  { in: ['app-never-worked'], first: ['propagation-delay', ...MAILBOX] },
  { in: ['alone-never-worked'], first: [...MAILBOX, 'protocol-disabled-on-mailbox', 'propagation-delay'] },
  {
    ...TEXT_ONLY,
    first: [
      'mailbox-permission-missing',
      'username-mailbox-mismatch',
      'mailbox-not-found-or-unlicensed',
      'protocol-disabled-on-mailbox',
      'propagation-delay',
      'exchange-transient',
    ],
  },
  // A pasted text may show a login attempt of any program. So mistakes that mailprobe itself does not make, such as a
  // malformed XOAUTH2 string or an expired token, come first.
  {
    ...TEXT_ONLY,
    first: [
      'xoauth2-string-malformed',
      'access-token-expired',
      'basic-auth-retired',
      'token-user-mailbox-mismatch',
    ],
  },

  // No mailbox of another app works at this host either, so the service may be at fault.
  {
    when: ({ situation, hostFails }) => hostFails && situation !== 'words-only',
    first: ['service-incident'],
  },
];

/** The candidates if a user signs in, and not the application. */
const OF_A_USER: readonly Cause[] = [
  'token-user-mailbox-mismatch',
  'username-mailbox-mismatch',
  'protocol-disabled-on-mailbox',
  'mailbox-not-found-or-unlicensed',
  'wrong-audience',
  'xoauth2-string-malformed',
  'access-token-expired',
  'exchange-transient',
];

export function candidatesFor(facts: RefusalFacts): readonly Cause[] {
  if (facts.userFlow && facts.situation === 'words-only') return OF_A_USER;
  const rows = ORDER.filter(
    (row) => (row.in?.includes(facts.situation) ?? true) && (row.when?.(facts) ?? true),
  );
  const last = new Set(rows.flatMap((row) => row.last ?? []));
  const listed = new Set(rows.flatMap((row) => row.first ?? []));
  return [...listed].toSorted((a, b) => Number(last.has(a)) - Number(last.has(b)));
}
