/**
 * The named states of a tenant: one or more for every cause that a tenant or a network can show. Used by the control
 * API, the demo, the tests and docs/confusion.md. The causes that no tenant can show are listed in `BEYOND_THE_TENANT`.
 */
import { applicationOf, mailboxOf, SandboxInputError } from './directory.ts';
import type { Scenario } from './scenario.ts';
import { credentialScenarios } from './scenarios/credential-scenarios.ts';
import { directoryScenarios } from './scenarios/directory-scenarios.ts';
import { graphScenarios, tokenHostScenarios } from './scenarios/token-host-scenarios.ts';
import { permissionScenarios } from './scenarios/permission-scenarios.ts';
import { mailboxScenarios } from './scenarios/mailbox-scenarios.ts';
import { mailHostScenarios } from './scenarios/mail-host-scenarios.ts';
import type { Tenant } from './tenant.ts';

export const SCENARIOS: readonly Scenario[] = [
  ...credentialScenarios,
  ...directoryScenarios,
  ...tokenHostScenarios,
  ...permissionScenarios,
  ...mailboxScenarios,
  ...mailHostScenarios,
  ...graphScenarios,
];

/** Returns the scenario with this name. Throws `SandboxInputError` for an unknown name. */
export function scenarioNamed(name: string): Scenario {
  const found = SCENARIOS.find((candidate) => candidate.name === name);
  if (found !== undefined) return found;
  throw new SandboxInputError(
    `expected a scenario, one of: ${SCENARIOS.map((candidate) => candidate.name).join(', ')}; got ${JSON.stringify(name)}`,
  );
}

/** Brings the tenant into the state of a scenario. The app and mailbox default to the tenant's first ones. */
export function applyScenario(
  tenant: Tenant,
  name: string,
  subject: { readonly app?: string | undefined; readonly mailbox?: string | undefined } = {},
): void {
  const app = subject.app ?? tenant.applications[0]?.appId ?? '';
  const mailbox = subject.mailbox ?? tenant.mailboxes[0]?.address ?? '';
  if (subject.app !== undefined) applicationOf(tenant, subject.app);
  if (subject.mailbox !== undefined) mailboxOf(tenant, subject.mailbox);
  scenarioNamed(name).apply(tenant, { app, mailbox });
}

/** Causes that no state of a tenant or its network can show, with the reason. */
export const BEYOND_THE_TENANT: Readonly<Record<string, string>> = {
  'secret-missing': "the prober's own secret file or variable is empty",
  'tenant-identifier-malformed': "the prober's configuration: write garbage for the tenant",
  'tenant-endpoint-common': "the prober's configuration: write common for the tenant",
  'scope-format-invalid': "the prober's configuration: leave /.default off the scope",
  'wrong-audience': "the prober's configuration: ask for Graph's scope",
  'resource-not-in-app-permissions': 'the v1 token endpoint only, which the prober does not use',
  'request-malformed': "the prober's own request",
  'assertion-time-invalid': "the prober's own assertion, with a clock that is right",
  'token-user-mailbox-mismatch': 'delegated tokens only',
  'xoauth2-string-malformed': "the prober's own SASL string",
  'xoauth2-pop-one-line': "the prober's own dialogue; the POP3 front end refuses it as the real one does",
  'xoauth2-token-too-long': 'tokens of the sandbox are as short as the real ones',
  'basic-auth-retired': 'password logins only',
  'wrong-auth-mechanism': 'password logins only',
  'account-blocked': 'consumer accounts only',
  'client-bug': 'a bug of the prober',
  'dns-failure': "the prober's own resolver",
  'ipv6-path': 'the sandbox listens on IPv4',
};
