/** Exchange's own list of service principals, and the wait until a change reaches it. Guide step 4. */
import { grantMailbox, lookInExchange, register, showRegistration } from '../fix/exchange.ts';
import { showObjectId } from '../fix/graph.ts';
import { powershell, say } from '../fix/step.ts';
import type { Names } from '../names.ts';
import { REFERENCES } from '../references.ts';
import type { RuleTable } from '../rule.ts';
import { byRefusal } from '../when.ts';

const AFTER_EXCHANGE =
  'Usually within the hour after New-ServicePrincipal and Add-MailboxPermission, up to two.';
const OUTDATED =
  'Copies of the set-up guide (DOCU13517) that show the AzureAD module and -ServiceId in step 4 are out of date.';

function compare(names: Names) {
  const expected =
    names.objectId === undefined
      ? "the object id of the enterprise application (the token's oid; Enterprise apps > the app > Overview)"
      : names.objectId;
  return lookInExchange(
    names,
    `Ask Exchange what it knows of the app. No entry: it is not registered. Another ObjectId than ${expected}: it was registered with the wrong one.`,
    showRegistration(names),
  );
}

/** Where neither a token nor the directory has told it. */
export function lookUpObjectId(names: Names) {
  return names.objectId === undefined
    ? [
        powershell(
          "Read the object id of the enterprise application (portal: Enterprise apps > the app > Overview; not that of the App registration). Use a PowerShell window of its own, and another for Exchange: their modules get in each other's way.",
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
      "Tokens are issued with the right roles, and every mailbox of the app answers NO AUTHENTICATE failed. or -ERR Authentication failure, from the beginning: New-ServicePrincipal was not run, or its entry was removed. Entra knows nothing of this list: it is Exchange's own.",
    test: (names) =>
      `Get-ServicePrincipal in Exchange Online PowerShell lists no entry with the AppId ${names.clientId}.`,
    lookAlikes: ['exchange-sp-wrong-object-id', 'propagation-delay'],
    when: byRefusal('exchange-sp-not-registered'),
    fix: (names) => [
      compare(names),
      ...lookUpObjectId(names),
      powershell(`Not registered: register it, in the window of Exchange. ${OUTDATED}`, register(names)),
      powershell(
        'Then give it each of its mailboxes. This is also what is left to do where it was registered already, under the right ObjectId.',
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
      'As exchange-sp-not-registered, although New-ServicePrincipal was run: with the object id of the App registration instead of that of the enterprise application, or before the enterprise application was made anew. On the wire the two cannot be told apart.',
    test: (names) =>
      `Get-ServicePrincipal shows an entry with the AppId ${names.clientId} whose ObjectId differs from ${names.objectId ?? 'the oid of the token'}.`,
    lookAlikes: ['exchange-sp-not-registered', 'propagation-delay'],
    when: byRefusal('exchange-sp-wrong-object-id'),
    fix: (names) => [
      compare(names),
      ...lookUpObjectId(names),
      say(
        'Wrong ObjectId: the entry cannot be changed (Set-ServicePrincipal sets the display name only), so it has to go first: Remove-ServicePrincipal with -Identity and the wrong ObjectId, which asks before it removes. See before that whether a role was assigned to it (Get-ManagementRoleAssignment), for another program. Mailbox permissions that were given to it stay behind as entries of an unknown SID.',
      ),
      powershell(
        `Then register the app under the right one, in the window of Exchange. ${OUTDATED}`,
        register(names),
      ),
      powershell(
        'Mailbox permissions that were given to the wrong entry do not count: give them again, for each mailbox.',
        grantMailbox(names),
      ),
      ...(names.applicationObjectId === undefined
        ? []
        : [
            say(
              `${names.applicationObjectId} is the App registration's object id: the one that is often taken by mistake.`,
            ),
          ]),
    ],
    takesEffect: AFTER_EXCHANGE,
  },
  'propagation-delay': {
    title: ({ app, hits, mailbox }) =>
      `A change to ${app} or to ${hits === 'app' ? 'its mailboxes' : mailbox} was made, and is not effective yet`,
    owner: 'microsoft',
    scope: 'mailbox',
    guideStep: 4,
    references: [REFERENCES.mailOauth],
    symptom:
      'Everything is set up right, a short while ago. New-ServicePrincipal and Add-MailboxPermission usually take minutes to an hour, and have been seen to take two; Set-CASMailbox up to an hour; a consent shows only in a token that is fetched after it.',
    test: () => 'Wait two hours after the last change and look again; if it still fails, it is hardly this.',
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
          because: [`The directory says that ${role} is granted; the token in hand was issued without it.`],
        };
      }
      return byRefusal('propagation-delay')(facts);
    },
    fix: () => [
      say(
        'Wait up to two hours after the last change. The daemon keeps looking and fetches a new token when the old one ends.',
      ),
    ],
    takesEffect: 'By itself.',
  },
} satisfies RuleTable;
