/** Exchange's own list of service principals, and the delay until a change takes effect. Guide step 4. */
import { grantMailbox, lookInExchange, register, showRegistration } from '../fix/exchange.ts';
import { showObjectId } from '../fix/graph.ts';
import { powershell, say } from '../fix/step.ts';
import type { Names } from '../names.ts';
import { REFERENCES } from '../references.ts';
import type { RuleTable } from '../rule.ts';
import { whenLoginRefused } from '../when.ts';

const AFTER_EXCHANGE =
  'Usually within an hour after New-ServicePrincipal and Add-MailboxPermission, at most two.';
const OUTDATED =
  'Copies of the set-up guide (DOCU13517) that show the AzureAD module and -ServiceId in step 4 are out of date.';

function compare(names: Names) {
  const expected =
    names.objectId === undefined
      ? "the object id of the enterprise application (the token's oid; Enterprise apps > the app > Overview)"
      : names.objectId;
  return lookInExchange(
    names,
    `Check what Exchange knows about the app. If nothing is shown, it is not registered. If the ObjectId is not ${expected}, it is registered with the wrong one.`,
    showRegistration(names),
  );
}

/** Returns a step that reads the object id. Returns no step if a token or the directory has shown the object id. */
export function lookUpObjectId(names: Names) {
  return names.objectId === undefined
    ? [
        powershell(
          'Read the object id of the enterprise application (portal: Enterprise apps > the app > Overview; not that of the App registration). Use one PowerShell window for this and another one for Exchange: their modules conflict.',
          showObjectId(names),
        ),
      ]
    : [];
}

export const REGISTRATION_RULES = {
  'exchange-sp-not-registered': {
    title: (names) => `${names.app} is not registered in Exchange Online`,
    owner: 'exchange-admin',
    scope: 'app',
    guideStep: 4,
    references: [REFERENCES.newServicePrincipal, REFERENCES.mailOauth, REFERENCES.guide],
    symptom:
      'Tokens are issued with the right roles, but for every mailbox of the app the server has always answered NO AUTHENTICATE failed. or -ERR Authentication failure: New-ServicePrincipal was not run, or its entry was removed. Exchange keeps this list itself; Entra does not show it.',
    test: (names) =>
      `Get-ServicePrincipal in Exchange Online PowerShell lists no entry with the AppId ${names.clientId}.`,
    lookAlikes: ['exchange-sp-wrong-object-id', 'propagation-delay'],
    when: whenLoginRefused('exchange-sp-not-registered'),
    fix: (names) => [
      compare(names),
      ...lookUpObjectId(names),
      powershell(
        `If it is not registered, register it, in the window of Exchange. ${OUTDATED}`,
        register(names),
      ),
      powershell(
        'Then give it access to each of its mailboxes. If it was already registered under the right ObjectId, this is the only step.',
        grantMailbox(names),
      ),
    ],
    takesEffect: AFTER_EXCHANGE,
  },
  'exchange-sp-wrong-object-id': {
    title: (names) => `${names.app} is registered in Exchange Online under the wrong object id`,
    owner: 'exchange-admin',
    scope: 'app',
    guideStep: 4,
    references: [
      REFERENCES.newServicePrincipal,
      REFERENCES.getServicePrincipal,
      REFERENCES.mailOauth,
      REFERENCES.guide,
    ],
    symptom:
      'As for exchange-sp-not-registered, although New-ServicePrincipal was run: with the object id of the App registration instead of that of the enterprise application, or before the enterprise application was recreated. The server answers the same in both cases.',
    test: (names) =>
      `Get-ServicePrincipal shows an entry with the AppId ${names.clientId} whose ObjectId differs from ${names.objectId ?? 'the oid of the token'}.`,
    lookAlikes: ['exchange-sp-not-registered', 'propagation-delay'],
    when: whenLoginRefused('exchange-sp-wrong-object-id'),
    fix: (names) => [
      compare(names),
      ...lookUpObjectId(names),
      say(
        'If the ObjectId is wrong, remove the entry: it cannot be changed (Set-ServicePrincipal only sets the display name). First check whether another program needs a role that is assigned to it (Get-ManagementRoleAssignment). Then run Remove-ServicePrincipal with -Identity and the wrong ObjectId. The command asks for confirmation. The mailbox permissions of the entry remain, as entries with an unknown SID.',
      ),
      powershell(
        `Then register the app under the right one, in the window of Exchange. ${OUTDATED}`,
        register(names),
      ),
      powershell(
        'The mailbox permissions of the wrong entry do not apply to the new one: grant them again, for each mailbox.',
        grantMailbox(names),
      ),
      ...(names.applicationObjectId === undefined
        ? []
        : [
            say(
              `${names.applicationObjectId} is the object id of the App registration, which is often used by mistake.`,
            ),
          ]),
    ],
    takesEffect: AFTER_EXCHANGE,
  },
  'propagation-delay': {
    title: ({ app, hits, mailbox }) =>
      `A recent change to ${app} or to ${hits === 'app' ? 'its mailboxes' : mailbox} has not taken effect yet`,
    owner: 'microsoft',
    scope: 'mailbox',
    guideStep: 4,
    references: [REFERENCES.mailOauth],
    symptom:
      'Everything is set up correctly, but the last change was made only a short time ago. New-ServicePrincipal and Add-MailboxPermission usually take minutes to an hour, in some cases two hours; Set-CASMailbox takes up to an hour; a consent shows only in a token that is issued after it.',
    test: () =>
      'Wait two hours after the last change and probe again. If it still fails, this is not the cause.',
    lookAlikes: ['exchange-sp-not-registered', 'mailbox-permission-missing', 'app-permission-missing'],
    when: (facts) => {
      const registration = facts.context.credential?.registration;
      const { role } = facts.names;
      if (
        registration?.grantedRoles.includes(role) === true &&
        facts.claims !== undefined &&
        !facts.claims.roles?.includes(role) &&
        !facts.success &&
        !facts.credentialCheck
      ) {
        const worked = facts.context.history.lastSuccess !== undefined;
        return {
          confidence: worked ? 'possible' : 'likely',
          about: 'claims',
          because: [`The directory shows ${role} as granted; the current token was issued without it.`],
        };
      }
      return whenLoginRefused('propagation-delay')(facts);
    },
    fix: () => [
      say('Wait up to two hours after the last change. The daemon keeps probing; no restart is needed.'),
    ],
    takesEffect: 'By itself.',
  },
} satisfies RuleTable;
