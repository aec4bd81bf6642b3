/** One mailbox among working ones: permission, existence, address, protocol switch. Guide step 4. */
import { eachProtocol } from '../../model/protocol.ts';
import {
  grantMailbox,
  lookInExchange,
  showMailbox,
  showMailboxPermission,
  showOwnNames,
  showSwitches,
  switchOn,
  switchState,
} from '../fix/exchange.ts';
import { quotePowerShell } from '../fix/powershell.ts';
import { powershell, say } from '../fix/step.ts';
import { REFERENCES } from '../references.ts';
import type { RuleTable } from '../rule.ts';
import { aboutMail, byRefusal, either, failsAlways, said } from '../when.ts';
import { lookUpObjectId } from './registration.ts';

export const MAILBOX_RULES = {
  'mailbox-permission-missing': {
    title: ({ app, hits, mailbox }) =>
      `${app} has no permission on ${hits === 'app' ? 'any of its mailboxes' : mailbox}`,
    owner: 'exchange-admin',
    scope: 'mailbox',
    guideStep: 4,
    references: [REFERENCES.addMailboxPermission, REFERENCES.mailOauth, REFERENCES.guide],
    symptom: `Other mailboxes of the same app work; this one answers OK AUTHENTICATE completed. and then BAD User is authenticated but not connected., or refuses the login, over ${eachProtocol(({ name }) => name)} alike.`,
    test: (names) => `${showMailboxPermission(names)} shows no FullAccess of the app.`,
    lookAlikes: [
      'mailbox-not-found-or-unlicensed',
      'username-mailbox-mismatch',
      'protocol-disabled-on-mailbox',
      'propagation-delay',
    ],
    when: byRefusal('mailbox-permission-missing'),
    fix: (names) => [
      ...lookUpObjectId(names),
      lookInExchange(
        names,
        'See by which names Exchange knows the app, and who may open the mailbox: FullAccess with Deny False for one of these names is right. No entry of the app at all means that Exchange does not know it: see exchange-sp-not-registered.',
        showOwnNames(names),
        showMailboxPermission(names),
      ),
      powershell(
        'Not there: give the app full access to the mailbox, in the same window; entries that exist already are left as they are. (-AutoMapping concerns the Outlook of people only.)',
        grantMailbox(names),
      ),
      powershell(
        'There already: then it is not this. See whether the mailbox exists, has a licence, and has this address.',
        showMailbox(names),
      ),
      ...(names.hits === 'app'
        ? [
            say(
              'All mailboxes of the app are hit: `mailprobe setup-script` writes the commands for each of them.',
            ),
          ]
        : []),
    ],
    takesEffect: 'Usually within the hour, up to two.',
  },
  'mailbox-not-found-or-unlicensed': {
    title: ({ app, hits, mailbox }) =>
      hits === 'app'
        ? `None of the mailboxes of ${app} can be found: they do not exist, were deleted, or lost their licences`
        : `${mailbox} does not exist, was deleted, or lost its licence`,
    owner: 'exchange-admin',
    scope: 'mailbox',
    guideStep: 4,
    references: [REFERENCES.mailOauth, REFERENCES.addMailboxPermission],
    symptom:
      'Other mailboxes of the app work; this one is refused as if a permission were missing. The address is of no mailbox in this tenant, the mailbox is soft-deleted, on-premises, or its licence was taken away. NoADRecipient in an extended answer says so.',
    test: (names) =>
      `Get-EXOMailbox -Identity ${quotePowerShell(names.address)} finds nothing, or not a mailbox.`,
    lookAlikes: ['mailbox-permission-missing', 'username-mailbox-mismatch'],
    when: either(byRefusal('mailbox-not-found-or-unlicensed'), (facts) =>
      said(facts, 'no-rest-mailbox') ? aboutMail('likely') : undefined,
    ),
    fix: (names) => [
      lookInExchange(
        names,
        'Look for the mailbox, and for a deleted one.',
        showMailbox(names),
        `Get-EXOMailbox -SoftDeletedMailbox -Identity ${quotePowerShell(names.address)} -Properties WhenSoftDeleted | Format-List PrimarySmtpAddress,WhenSoftDeleted`,
      ),
      say(
        'Deleted: restore it within 30 days (Microsoft 365 admin centre > Users > Deleted users). Unlicensed: assign a licence with Exchange Online again. Shared mailboxes up to 50 GB, without archive and litigation hold, need none.',
      ),
    ],
    takesEffect: 'Minutes to a day after a licence was assigned.',
  },
  'username-mailbox-mismatch': {
    title: ({ app, hits, mailbox }) =>
      hits === 'app'
        ? `None of the addresses that are used for the mailboxes of ${app} is one that Exchange knows`
        : `The address that is used for ${mailbox} is not one that Exchange knows it by`,
    owner: 'operator',
    scope: 'mailbox',
    guideStep: 5,
    references: [REFERENCES.mailOauth],
    symptom:
      'Other mailboxes of the app work; this one is refused. user= holds an alias, a typing mistake, an old address, a form like user\\shared, or a client id.',
    test: (names) =>
      `Get-EXOMailbox -Identity ${quotePowerShell(names.address)} shows another PrimarySmtpAddress, or nothing.`,
    lookAlikes: ['mailbox-not-found-or-unlicensed', 'mailbox-permission-missing'],
    when: either(byRefusal('username-mailbox-mismatch'), (facts) => {
      const constant = failsAlways(facts);
      if (!said(facts, 'server-unavailable') || facts.mail?.stage !== 'auth') return undefined;
      return {
        confidence: constant ? 'likely' : 'possible',
        about: 'mail',
        because: constant ? ['It comes at the login every time: a passing fault would not.'] : [],
      };
    }),
    fix: (names) => [
      lookInExchange(names, "See the mailbox's primary address.", showMailbox(names)),
      say(
        'Put the user principal name or primary address of the mailbox into the configuration: the mailbox itself, a shared one too, without a prefix.',
      ),
    ],
    takesEffect: 'At once.',
  },
  'protocol-disabled-on-mailbox': {
    title: ({ mailbox, protocolName }, detail) =>
      `${detail === 'smtp-client-authentication' ? 'SMTP client submission' : protocolName} is switched off for ${mailbox}`,
    owner: 'exchange-admin',
    scope: 'mailbox',
    guideStep: 4,
    references: [REFERENCES.setCasMailbox, REFERENCES.mailOauth],
    symptom:
      'The same mailbox works over another protocol with the same token, and the token has the role for this one. Or, where only one protocol is watched: refused as if a permission were missing.',
    test: (names) =>
      `Get-CASMailbox -Identity ${quotePowerShell(names.address)} shows ${switchState(names.protocol, false)}.`,
    lookAlikes: ['mailbox-permission-missing', 'app-permission-missing', 'propagation-delay'],
    when: either(byRefusal('protocol-disabled-on-mailbox'), (facts) =>
      said(facts, 'smtp-auth-disabled')
        ? { confidence: 'certain', about: 'mail', detail: 'smtp-client-authentication' }
        : undefined,
    ),
    fix: (names, detail) =>
      detail === 'smtp-client-authentication'
        ? [
            lookInExchange(
              names,
              'See whether SMTP client submission is off for the mailbox.',
              `Get-CASMailbox -Identity ${quotePowerShell(names.address)} | Format-List SmtpClientAuthenticationDisabled`,
            ),
            powershell(
              'True: switch it on for the mailbox, in the same window.',
              `Set-CASMailbox -Identity ${quotePowerShell(names.address)} -SmtpClientAuthenticationDisabled $false`,
            ),
          ]
        : [
            lookInExchange(
              names,
              `See whether ${names.protocolName} is on for the mailbox.`,
              showSwitches(names),
            ),
            powershell(
              `${switchState(names.protocol, false)}: switch it on, in the same window, unless somebody has switched it off on purpose.`,
              switchOn(names),
            ),
            say(
              `${switchState(names.protocol, true)} already: it was switched on less than an hour ago, or it is one of the other causes that this verdict names.`,
            ),
            say(
              'If many mailboxes are affected, their mailbox plan switches it off for new ones: Get-CASMailboxPlan. That of kiosk and frontline licences does so for IMAP by default.',
            ),
          ],
    takesEffect: '15 to 60 minutes after Set-CASMailbox.',
  },
} satisfies RuleTable;
