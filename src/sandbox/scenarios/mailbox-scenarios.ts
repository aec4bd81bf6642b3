/** Faults of one mailbox. Rows of the table in `scenarios.ts`. */
import type { Cause } from '../../model/cause.ts';
import { mailboxOf } from '../directory.ts';
import { mailboxFault, type Scenario, scenario } from '../scenario.ts';

/** Causes with the same evidence: the refusal `NO AUTHENTICATE failed.`. */
const REFUSED_MAILBOX: readonly Cause[] = [
  'mailbox-permission-missing',
  'mailbox-not-found-or-unlicensed',
  'username-mailbox-mismatch',
  'protocol-disabled-on-mailbox',
  'propagation-delay',
];

export const mailboxScenarios: readonly Scenario[] = [
  scenario('mailbox-permission-missing', {
    title: 'The application has no FullAccess to the mailbox; the login is refused',
    lookAlikes: REFUSED_MAILBOX,
    apply: (tenant, { mailbox }) => {
      Object.assign(mailboxOf(tenant, mailbox), { fullAccess: [], refusalShape: 'no' });
    },
  }),
  scenario('mailbox-permission-missing', {
    name: 'mailbox-permission-missing-not-connected',
    title: 'The application has no FullAccess to the mailbox; the login works, the mailbox does not open',
    lookAlikes: [...REFUSED_MAILBOX, 'exchange-throttled', 'exchange-transient'],
    apply: (tenant, { mailbox }) => {
      Object.assign(mailboxOf(tenant, mailbox), { fullAccess: [], refusalShape: 'not-connected' });
    },
  }),
  scenario('protocol-disabled-on-mailbox', {
    name: 'imap-disabled',
    title: 'IMAP is switched off for the mailbox',
    lookAlikes: REFUSED_MAILBOX,
    protocols: ['imap'],
    apply: (tenant, { mailbox }) => {
      mailboxOf(tenant, mailbox).imapEnabled = false;
    },
  }),
  scenario('protocol-disabled-on-mailbox', {
    name: 'imap-disabled-not-connected',
    title: 'IMAP is switched off for the mailbox; the login works, the mailbox does not open',
    lookAlikes: [...REFUSED_MAILBOX, 'exchange-throttled', 'exchange-transient'],
    protocols: ['imap'],
    apply: (tenant, { mailbox }) => {
      Object.assign(mailboxOf(tenant, mailbox), { imapEnabled: false, refusalShape: 'not-connected' });
    },
  }),
  scenario('protocol-disabled-on-mailbox', {
    name: 'pop3-disabled',
    title: 'POP3 is switched off for the mailbox',
    lookAlikes: REFUSED_MAILBOX,
    protocols: ['pop3'],
    apply: (tenant, { mailbox }) => {
      mailboxOf(tenant, mailbox).popEnabled = false;
    },
  }),
  scenario('mailbox-not-found-or-unlicensed', {
    name: 'mailbox-not-found',
    title: 'There is no such mailbox',
    lookAlikes: REFUSED_MAILBOX,
    apply: (tenant, { mailbox }) => {
      const { address } = mailboxOf(tenant, mailbox);
      tenant.mailboxes = tenant.mailboxes.filter((other) => other.address !== address);
    },
  }),
  scenario('mailbox-not-found-or-unlicensed', {
    name: 'mailbox-unlicensed',
    title: 'The license of the mailbox was taken away',
    lookAlikes: REFUSED_MAILBOX,
    apply: (tenant, { mailbox }) => {
      mailboxOf(tenant, mailbox).licensed = false;
    },
  }),
  scenario('mailbox-not-found-or-unlicensed', {
    name: 'mailbox-on-premises',
    title: "The mailbox was moved to the organization's own Exchange server",
    lookAlikes: REFUSED_MAILBOX,
    apply: (tenant, { mailbox }) => {
      mailboxOf(tenant, mailbox).gone = 'on-premises';
    },
  }),
  scenario('mailbox-not-found-or-unlicensed', {
    name: 'mailbox-inactive',
    title: 'The user was deleted, and only a hold keeps the mailbox',
    lookAlikes: REFUSED_MAILBOX,
    apply: (tenant, { mailbox }) => {
      mailboxOf(tenant, mailbox).gone = 'inactive';
    },
  }),
  scenario('username-mailbox-mismatch', {
    name: 'mailbox-renamed',
    title: 'The mailbox has a new primary address; the old one is an alias',
    lookAlikes: REFUSED_MAILBOX,
    apply: (tenant, { mailbox }) => {
      const renamed = mailboxOf(tenant, mailbox);
      renamed.aliases = [...renamed.aliases, renamed.address];
      renamed.address = `new-${renamed.address}`;
    },
  }),
  scenario('exchange-transient', {
    name: 'mailbox-migrating',
    title: 'The mailbox is being moved',
    lookAlikes: ['session-timeout'],
    apply: (tenant, { mailbox }) => {
      mailboxOf(tenant, mailbox).migrating = true;
    },
  }),
  scenario('exchange-throttled', {
    title: 'The mailbox is throttled',
    apply: (tenant, { mailbox }) => {
      mailboxFault({ kind: 'throttled', backoffMs: 92_415 }, mailboxOf(tenant, mailbox));
    },
  }),
  scenario('exchange-transient', {
    title: 'The server of the mailbox fails at login',
    lookAlikes: ['service-incident', 'username-mailbox-mismatch'],
    apply: (tenant, { mailbox }) => {
      mailboxFault({ kind: 'unavailable-at-login' }, mailboxOf(tenant, mailbox));
    },
  }),
  scenario('exchange-transient', {
    name: 'exchange-transient-at-open',
    title: 'The login works, and opening the mailbox fails',
    lookAlikes: ['service-incident'],
    apply: (tenant, { mailbox }) => {
      mailboxFault({ kind: 'unavailable-at-open' }, mailboxOf(tenant, mailbox));
    },
  }),
  scenario('session-timeout', {
    title: 'The server ends the session right after login',
    lookAlikes: ['exchange-transient', 'service-incident'],
    apply: (tenant, { mailbox }) => {
      mailboxFault({ kind: 'session-closed' }, mailboxOf(tenant, mailbox));
    },
  }),
  scenario('access-token-expired', {
    title: 'The server takes the access token for expired',
    lookAlikes: ['exchange-transient'],
    protocols: ['imap'],
    apply: (tenant, { mailbox }) => {
      mailboxOf(tenant, mailbox).faults = { imap: { kind: 'session-invalidated' } };
    },
  }),
];
