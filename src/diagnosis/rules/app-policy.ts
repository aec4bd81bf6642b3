/** A policy of the tenant forbids new client secrets, or secrets with the requested lifetime. Guide step 2. */
import { addSecret } from '../fix/graph.ts';
import { certificateInstead } from '../fix/new-credential.ts';
import { powershell, say } from '../fix/step.ts';
import { REFERENCES } from '../references.ts';
import type { Finding, RuleTable } from '../rule.ts';
import type { CaseFacts } from '../case-facts.ts';
import { endingSoon } from '../credential-facts.ts';
import { dateOf } from '../time.ts';
import { aboutToken } from '../when.ts';

/**
 * Key: Graph's code for a refused credential (https://learn.microsoft.com/graph/api/application-addpassword). Value:
 * the detail of the finding.
 */
const DETAILS: ReadonlyMap<string, string> = new Map([
  ['CredentialTypeNotAllowedAsPerAppPolicy', 'forbidden'],
  ['CredentialInvalidLifetimeAsPerAppPolicy', 'too-long'],
]);

/**
 * Finds a policy that forbids new client secrets, so that people know of it before the secret in use ends. A policy
 * that only limits their lifetime is not reported, because the printed renewal commands respect the limit.
 */
function beforeItEnds({ credentialCheck, context }: CaseFacts): Finding | undefined {
  const { credential } = context;
  const policy = credential?.registration?.policy;
  if (!credentialCheck || credential?.kind !== 'secret' || policy?.forbidsSecrets !== true) return undefined;
  const ending = endingSoon(context);
  return {
    confidence: 'certain',
    about: 'credential',
    detail: 'forbidden',
    severity: ending === undefined ? 'info' : 'warning',
    because: [
      `Policy of the tenant, from Microsoft Graph: ${policy.name}.`,
      ...(ending === undefined ? [] : [`The secret in use expires on ${dateOf(ending.end.expiresAt)}.`]),
    ],
  };
}

/** Applies if a pasted text shows that Graph refused to renew a credential. */
function refused({ token }: CaseFacts): Finding | undefined {
  const detail = DETAILS.get(token?.failure.code ?? '');
  return token === undefined || detail === undefined
    ? undefined
    : aboutToken(token, { confidence: 'certain', detail });
}

export const APP_POLICY_RULES = {
  'secret-renewal-blocked': {
    title: (names, detail) =>
      detail === 'too-long'
        ? `A policy of the tenant does not allow ${names.app} a credential with the requested lifetime`
        : `A policy of the tenant forbids new client secrets: the secret of ${names.app} cannot be renewed`,
    owner: 'entra-admin',
    scope: 'app',
    severity: 'warning',
    warnsEarly: true,
    guideStep: 2,
    references: [REFERENCES.appPolicies, REFERENCES.addPassword, REFERENCES.certificateCredentials],
    symptom:
      'Everything works until the client secret expires. "New client secret" is grayed out, or Add-MgApplicationPassword answers CredentialTypeNotAllowedAsPerAppPolicy ("Credential type not allowed as per assigned policy") or CredentialInvalidLifetimeAsPerAppPolicy ("Credential lifetime exceeds the max value allowed as per assigned policy"). The daemon reports a ban beforehand where graph: true is set and the app may read policies (Policy.Read.All).',
    test: () =>
      'Entra admin center > Enterprise apps > Application policies shows what the tenant allows, and for which applications.',
    lookAlikes: ['secret-expiring'],
    when: (facts) => refused(facts) ?? beforeItEnds(facts),
    fix: (names, detail) =>
      detail === 'too-long'
        ? [
            powershell(
              'Use an earlier end date. The answer does not name the limit; Entra admin center > Enterprise apps > Application policies does. If 90 days are too long as well, use fewer. For a certificate, make a new one with fewer days.',
              addSecret({
                ...names,
                policy: { name: '', forbidsSecrets: false, longestSecretMs: NINETY_DAYS_MS },
              }),
            ),
            say('Or use a certificate, which the policy may allow for longer:'),
            ...certificateInstead(names),
          ]
        : certificateInstead(names),
    takesEffect:
      'As soon as the configuration names the certificate. Until then the secret in use works, until its own end date.',
  },
} satisfies RuleTable;

/** `addSecret` subtracts a day as a margin, so this yields 90 days. */
const NINETY_DAYS_MS = 91 * 86_400_000;
