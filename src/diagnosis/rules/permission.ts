/** The application permission and its admin consent, as the token's roles and the directory show them. Guide step 3. */
import { eachProtocol, factsOf, PROTOCOL_IDS } from '../../model/protocol.ts';
import { grantRoles } from '../fix/graph.ts';
import { powershell, say } from '../fix/step.ts';
import { REFERENCES } from '../references.ts';
import type { Names } from '../names.ts';
import type { About, Finding, RuleTable } from '../rule.ts';
import type { CaseFacts } from '../case-facts.ts';
import { rolesLine } from '../evidence-lines.ts';
import { byCode, whenLoginRefused, either } from '../when.ts';

/** Delegated permissions act for a user, so they do not let an application open mailboxes. */
const DELEGATED: ReadonlySet<string> = new Set(
  PROTOCOL_IDS.map((protocol) => factsOf(protocol).delegated.name),
);

function aboutOf(facts: CaseFacts): About {
  return facts.credentialCheck ? 'permissions' : 'claims';
}

function tokenRoles(facts: CaseFacts): readonly string[] {
  return facts.claims === undefined ? [] : [rolesLine(facts)];
}

function permissionMissing(facts: CaseFacts): Finding | undefined {
  if (!facts.credentialCheck && facts.claimsFault !== 'role-missing') return undefined;
  const { registration } = facts.context.credential ?? {};
  const { role } = facts.names;
  if (registration === undefined) {
    return facts.credentialCheck
      ? undefined
      : { confidence: 'likely', about: 'claims', because: [rolesLine(facts)] };
  }
  if (registration.grantedRoles.includes(role)) return grantRemoved(facts, 'likely');
  if (registration.requestedRoles.includes(role)) return undefined;
  const delegated = registration.requestedScopes.filter((scope) => DELEGATED.has(scope));
  return {
    confidence: 'certain',
    about: aboutOf(facts),
    detail: delegated.length > 0 ? 'delegated-instead-of-application' : 'never-added',
    because: [
      ...tokenRoles(facts),
      delegated.length > 0
        ? `The registration requests the delegated ${delegated.join(', ')} instead of the application permission ${role}.`
        : `The registration does not request ${role}.`,
    ],
  };
}

/**
 * Makes the finding for a permission that the directory shows as granted, but that the token lacks. The directory is
 * read only every few hours.
 * If the mailbox worked before, the grant may have been removed after the directory was read. If the mailbox never
 * worked, the grant is new: the function returns undefined, and `propagation-delay` applies.
 */
function grantRemoved(facts: CaseFacts, confidence: 'likely' | 'possible'): Finding | undefined {
  if (facts.credentialCheck || facts.context.history.lastSuccess === undefined) return undefined;
  return { confidence, about: 'claims', because: [rolesLine(facts)] };
}

function consentMissing(facts: CaseFacts): Finding | undefined {
  if (!facts.credentialCheck && facts.claimsFault !== 'role-missing') return undefined;
  const { registration } = facts.context.credential ?? {};
  const { role } = facts.names;
  if (registration === undefined)
    return facts.credentialCheck
      ? undefined
      : { confidence: 'possible', about: 'claims', because: [rolesLine(facts)] };
  if (registration.grantedRoles.includes(role)) return grantRemoved(facts, 'possible');
  if (!registration.requestedRoles.includes(role)) return undefined;
  return {
    confidence: 'certain',
    about: aboutOf(facts),
    because: [...tokenRoles(facts), `The registration requests ${role}; it is not granted.`],
  };
}

/**
 * Lists all missing roles, because a mailbox with several protocols may lack the role of each, and one fix grants all
 * of them.
 */
function allOf({ missingRoles }: Names): string {
  return missingRoles.join(' and ');
}

/** Source: quickstart-configure-app-access-web-apis and grant-admin-consent in Microsoft's entra-docs. */
const UNLISTED =
  'PowerShell does not add the permission to the list of the registration, so the portal shows it under "Other permissions granted". Add it to the list there, or the next "Grant admin consent" may remove it.';

export const PERMISSION_RULES = {
  'app-permission-missing': {
    title: (names) =>
      names.missingRoles.length > 1
        ? `${names.app} lacks the application permissions ${allOf(names)}`
        : `${names.app} lacks the application permission ${names.role} for ${names.protocolName}`,
    owner: 'entra-admin',
    scope: 'app',
    guideStep: 3,
    references: [REFERENCES.mailOauth, REFERENCES.grantRole, REFERENCES.guide],
    symptom: `A token is issued, but its roles do not include ${eachProtocol(({ name, role }) => `${role.name} (for ${name})`, 'or')}, and the login is refused. The permission was never added, the delegated one of nearly the same name was added instead, or an administrator has not granted consent.`,
    test: (names) =>
      `App registrations > the app > API permissions: ${names.role} must be listed under Office 365 Exchange Online with type "Application" and status "Granted".`,
    lookAlikes: ['admin-consent-missing', 'propagation-delay'],
    when: either(
      byCode('app-permission-missing', 'likely'),
      permissionMissing,
      whenLoginRefused('app-permission-missing'),
    ),
    fix: (names, detail) => [
      say(
        `App registrations > the app > API permissions > Add a permission > APIs my organization uses > Office 365 Exchange Online > Application permissions${detail === 'delegated-instead-of-application' ? ' (not Delegated permissions)' : ''} > ${allOf(names)}; then "Grant admin consent".`,
      ),
      powershell(`Or grant it in PowerShell. ${UNLISTED}`, grantRoles(names, names.missingRoles)),
    ],
    takesEffect:
      'With the next new token. While the permission is missing, mailprobe fetches one about every minute. Another program keeps its current token, with the old roles, for up to an hour and a half.',
  },
  'admin-consent-missing': {
    title: (names) => `Admin consent to ${allOf(names)} is not granted for ${names.app}`,
    owner: 'entra-admin',
    scope: 'app',
    guideStep: 3,
    references: [REFERENCES.adminConsent, REFERENCES.grantRole, REFERENCES.guide],
    symptom:
      'As for app-permission-missing, but the API permissions page shows the permission with "Not granted for ...". A sign-in as a user gets AADSTS65001.',
    test: () => 'App registrations > the app > API permissions: the column Status says "Not granted".',
    lookAlikes: ['app-permission-missing', 'propagation-delay'],
    when: either(
      byCode('admin-consent-missing', 'likely'),
      consentMissing,
      whenLoginRefused('admin-consent-missing'),
    ),
    fix: (names) => [
      say(
        'App registrations > the app > API permissions > "Grant admin consent for ..."; this needs a Cloud Application Administrator, an Application Administrator or a higher role.',
      ),
      powershell(
        'Or in PowerShell, which needs a Privileged Role Administrator.',
        grantRoles(names, names.missingRoles),
      ),
    ],
    takesEffect:
      'With the next new token. While the permission is missing, mailprobe fetches one about every minute. Another program keeps its current token, with the old roles, for up to an hour and a half.',
  },
} satisfies RuleTable;
