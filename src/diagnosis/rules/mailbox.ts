/** A single mailbox fails: its permission, existence, address or protocol switch. Guide step 4. */
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
import { aboutMail, whenLoginRefused, either, failsAlways, hasPhrase } from '../when.ts';
import { lookUpObjectId } from './registration.ts';

export const MAILBOX_RULES = {
  'mailbox-permission-missing': {
    title: ({ app, hits, mailbox }) =>
      `${app} has no permission on ${hits === 'app' ? 'any of its mailboxes' : mailbox}`,
    owner: 'exchange-admin',
    scope: 'mailbox',
    guideStep: 4,
    references: [REFERENCES.addMailboxPermission, REFERENCES.mailOauth, REFERENCES.guide],
    symptom: `Other mailboxes of the same app work. For this one, the server answers OK AUTHENTICATE completed. and then BAD User is authenticated but not connected., or refuses the login, over ${eachProtocol(({ name }) => name)} alike.`,
    test: (names) => `${showMailboxPermission(names)} shows no FullAccess of the app.`,
    lookAlikes: [
      'mailbox-not-found-or-unlicensed',
      'username-mailbox-mismatch',
      'protocol-disabled-on-mailbox',
      'propagation-delay',
    ],
    when: whenLoginRefused('mailbox-permission-missing'),
    fix: (names) => [
      ...lookUpObjectId(names),
      lookInExchange(
        names,
        'Check by which names Exchange knows the app, and who may open the mailbox: an entry with one of these names, FullAccess and Deny False is right. If Get-ServicePrincipal shows nothing, Exchange does not know the app: see exchange-sp-not-registered.',
        showOwnNames(names),
        showMailboxPermission(names),
      ),
      powershell(
        'If that entry is missing, give the app full access to the mailbox, in the same window. Other entries stay as they are. (-AutoMapping matters only for users of Outlook.)',
        grantMailbox(names),
      ),
      powershell(
        'If the entry is there, this is not the cause. Check that the mailbox exists, has a license, and has this address.',
        showMailbox(names),
      ),
      ...(names.hits === 'app'
        ? [
            say(
              'All mailboxes of the app are affected: `mailprobe setup-script` writes the commands for each of them.',
            ),
          ]
        : []),
    ],
    takesEffect: 'Usually within an hour, at most two.',
  },
  'mailbox-not-found-or-unlicensed': {
    title: ({ app, hits, mailbox }) =>
      hits === 'app'
        ? `None of the mailboxes of ${app} can be found: they do not exist, were deleted, or lost their licenses`
        : `${mailbox} does not exist, was deleted, or lost its license`,
    owner: 'exchange-admin',
    scope: 'mailbox',
    guideStep: 4,
    references: [REFERENCES.mailOauth, REFERENCES.addMailboxPermission],
    symptom:
      'Other mailboxes of the app work; this one is refused as if a permission were missing. No mailbox in this tenant has the address, or the mailbox is soft-deleted, inactive (kept only by a hold) or on-premises, or its license was removed. If the server adds a reason to its answer, it is NoADRecipient.',
    test: (names) => `Get-EXOMailbox -Identity ${quotePowerShell(names.address)} finds no mailbox.`,
    lookAlikes: ['mailbox-permission-missing', 'username-mailbox-mismatch'],
    when: either(whenLoginRefused('mailbox-not-found-or-unlicensed'), (facts) =>
      hasPhrase(facts, 'no-rest-mailbox') ? aboutMail('likely') : undefined,
    ),
    fix: (names) => [
      lookInExchange(
        names,
        'Search for the mailbox, and for a deleted one.',
        showMailbox(names),
        `Get-EXOMailbox -SoftDeletedMailbox -Identity ${quotePowerShell(names.address)} -Properties WhenSoftDeleted | Format-List PrimarySmtpAddress,WhenSoftDeleted`,
      ),
      say(
        'If it was deleted, restore it within 30 days (Microsoft 365 admin center > Users > Deleted users). If it has no license, assign one that includes Exchange Online. A shared mailbox of up to 50 GB, without archive and litigation hold, needs none.',
      ),
      say(
        'If the Exchange admin center lists the address under Mail users, the mailbox is on an Exchange server of your own, and Exchange Online cannot open it: configure the host of that server for this mailbox, or move the mailbox to Exchange Online. If only a hold keeps it (an inactive mailbox), nobody can log in to it: recover it, or remove it from the configuration.',
      ),
    ],
    takesEffect: 'Minutes to a day after a license was assigned.',
  },
  'username-mailbox-mismatch': {
    title: ({ app, hits, mailbox }) =>
      hits === 'app'
        ? `Exchange knows none of the addresses that ${app} uses for its mailboxes`
        : `Exchange does not know ${mailbox} by the address that the login uses`,
    owner: 'operator',
    scope: 'mailbox',
    guideStep: 5,
    references: [REFERENCES.mailOauth],
    symptom:
      'Other mailboxes of the app work; this one is refused. user= contains an alias, a typing mistake, an old address, a form like user\\shared, or a client id.',
    test: (names) =>
      `Get-EXOMailbox -Identity ${quotePowerShell(names.address)} shows another PrimarySmtpAddress, or finds nothing.`,
    lookAlikes: ['mailbox-not-found-or-unlicensed', 'mailbox-permission-missing'],
    when: either(whenLoginRefused('username-mailbox-mismatch'), (facts) => {
      const constant = failsAlways(facts);
      if (!hasPhrase(facts, 'server-unavailable') || facts.mail?.stage !== 'auth') return undefined;
      return {
        confidence: constant ? 'likely' : 'possible',
        about: 'mail',
        because: constant ? ['It happens at every login, so it is not a temporary fault.'] : [],
      };
    }),
    fix: (names) => [
      lookInExchange(names, "Check the mailbox's primary address.", showMailbox(names)),
      say(
        'Put the user principal name or the primary address of the mailbox into the configuration. For a shared mailbox, use its own address too, without a prefix.',
      ),
    ],
    takesEffect: 'At once.',
  },
  'protocol-disabled-on-mailbox': {
    title: ({ hits, mailbox, protocolName }, detail) =>
      `${detail === 'smtp-client-authentication' ? 'SMTP client submission' : protocolName} is switched off for ${hits === 'tenant' ? 'the whole tenant' : mailbox}`,
    owner: 'exchange-admin',
    scope: 'mailbox',
    guideStep: 4,
    references: [REFERENCES.setCasMailbox, REFERENCES.mailOauth],
    symptom:
      'The same mailbox works over another protocol with the same token, and the token has the role for this protocol. If only one protocol is monitored, the login is refused as if a permission were missing.',
    test: (names) =>
      `Get-CASMailbox -Identity ${quotePowerShell(names.address)} shows ${switchState(names.protocol, false)}.`,
    lookAlikes: ['mailbox-permission-missing', 'app-permission-missing', 'propagation-delay'],
    when: either(whenLoginRefused('protocol-disabled-on-mailbox'), (facts) =>
      hasPhrase(facts, 'smtp-auth-disabled')
        ? {
            confidence: 'certain',
            about: 'mail',
            detail: 'smtp-client-authentication',
            ...(facts.mail?.signs.has('of-the-tenant') === true ? { scope: 'tenant' } : {}),
          }
        : undefined,
    ),
    fix: (names, detail) =>
      detail === 'smtp-client-authentication'
        ? [
            lookInExchange(
              names,
              'Check whether SMTP client submission is off for the mailbox.',
              `Get-CASMailbox -Identity ${quotePowerShell(names.address)} | Format-List SmtpClientAuthenticationDisabled`,
            ),
            powershell(
              'If it shows True, switch SMTP client submission on for the mailbox, in the same window.',
              `Set-CASMailbox -Identity ${quotePowerShell(names.address)} -SmtpClientAuthenticationDisabled $false`,
            ),
            ...(names.hits === 'tenant'
              ? [
                  powershell(
                    'In this tenant it is off for every mailbox that has no setting of its own. For one mailbox, the steps above are enough. Check the setting of the tenant.',
                    'Get-TransportConfig | Format-List SmtpClientAuthenticationDisabled',
                  ),
                ]
              : []),
          ]
        : [
            lookInExchange(
              names,
              `Check whether ${names.protocolName} is on for the mailbox.`,
              showSwitches(names),
            ),
            powershell(
              `If it shows ${switchState(names.protocol, false)}, switch it on, in the same window, unless somebody switched it off on purpose.`,
              switchOn(names),
            ),
            say(
              `If it already shows ${switchState(names.protocol, true)}, it was switched on less than an hour ago, or one of the other causes of this diagnosis applies.`,
            ),
            say(
              'If many mailboxes are affected, their mailbox plan may switch it off for new mailboxes: Get-CASMailboxPlan shows the plans. By default, the plan of kiosk and frontline licenses switches IMAP off.',
            ),
          ],
    takesEffect: '15 to 60 minutes after Set-CASMailbox.',
  },
} satisfies RuleTable;
