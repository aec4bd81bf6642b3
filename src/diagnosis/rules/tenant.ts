/** The tenant in the token URL, and its cloud. Guide step 1. */
import { CLOUD_NAMES, CLOUDS, cloudOfResource, cloudsAt, type Cloud } from '../../model/microsoft365.ts';
import { curl, quoteShell } from '../fix/shell.ts';
import { say, shell } from '../fix/step.ts';
import { REFERENCES } from '../references.ts';
import type { Finding, RuleTable } from '../rule.ts';
import type { CaseFacts } from '../case-facts.ts';
import type { Names } from '../names.ts';
import { aboutToken, byCode, either, tokenWithCause } from '../when.ts';

const GUID_OR_DOMAIN = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[\w-]+(?:\.[\w-]+)+)$/i;
const DAY_MS = 86_400_000;

/**
 * Returns the command that fetches the tenant's public discovery document, without a sign-in. The host of the global
 * cloud also answers for tenants of other clouds. The document names the cloud (smallstep/certificates#1309,
 * msal-dotnet#3455).
 */
function discovery(names: Names): string {
  return `${curl(names.tokenHost, '-s')} ${quoteShell(discoveryUrl(names))} | tr ',' '\\n' | grep -E 'error|token_endpoint"|cloud_instance_name|tenant_region'`;
}

function discoveryUrl({ authority, tenant }: Names): string {
  return `${authority}/${tenant}/v2.0/.well-known/openid-configuration`;
}

const READ_DISCOVERY =
  'If the answer contains invalid_tenant, this cloud does not know the tenant. Otherwise the host in token_endpoint shows the cloud of the tenant; tenant_region_sub_scope DODCON means GCC High, DOD means DoD.';

function hostsOf(cloud: Cloud): string {
  const { title, authority, mailHost } = CLOUDS[cloud];
  return `${title} ${authority.replace('https://', '')} and ${mailHost}`;
}

function workedLately(facts: CaseFacts): boolean {
  const last = facts.context.history.lastSuccess;
  return last !== undefined && facts.context.now - last < DAY_MS;
}

function tenantNotFound(facts: CaseFacts): Finding | undefined {
  const token = tokenWithCause(facts, 'tenant-not-found');
  if (token === undefined) return undefined;
  const { tenant } = facts.names.known;
  if (tenant !== undefined && !GUID_OR_DOMAIN.test(tenant)) {
    return aboutToken(token, {
      confidence: 'certain',
      detail: 'not-a-tenant',
      because: [`The value in the tenant's position in the URL is neither a GUID nor a domain: ${tenant}`],
    });
  }
  return aboutToken(token, { confidence: workedLately(facts) ? 'possible' : 'likely' });
}

/** Returns the resource that the error quotes, else the configured one. Either is without `/.default`. */
export function requestedResource({ resource, scope }: Names): string {
  return (resource ?? scope).replace(/\/\.default$/, '');
}

/**
 * Applies if the tenant does not know the resource because the resource belongs to another cloud. If the authority is
 * not Microsoft's (as with a gateway), its cloud is unknown. Only a resource outside the global cloud then counts.
 */
export function resourceOfAnotherCloud(facts: CaseFacts): Finding | undefined {
  const token = tokenWithCause(facts, 'resource-not-found') ?? tokenWithCause(facts, 'scope-format-invalid');
  // A pasted text seldom shows to which cloud the request was sent.
  if (token === undefined || facts.pasted || token.meaning?.detail === 'resource-disabled') return undefined;
  const cloud = cloudOfResource(requestedResource(facts.names));
  const here = cloudsAt(facts.names.authority);
  if (cloud === undefined || here.includes(cloud) || (here.length === 0 && cloud === 'global'))
    return undefined;
  return aboutToken(token, {
    confidence: 'likely',
    detail: 'resource-of-another-cloud',
    because: [`${requestedResource(facts.names)} belongs to ${CLOUDS[cloud].title}.`],
  });
}

export const TENANT_RULES = {
  'tenant-not-found': {
    title: (names, detail) =>
      detail === 'not-a-tenant'
        ? `The token URL of ${names.app} contains "${names.tenant}" where the tenant id belongs`
        : `The tenant of ${names.app} does not exist in this cloud`,
    owner: 'operator',
    scope: 'tenant',
    guideStep: 1,
    references: [REFERENCES.codes, REFERENCES.nationalClouds],
    symptom:
      'The token endpoint returns AADSTS90002: "Tenant \'...\' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud." The value in the message comes from the URL; sometimes it is another part of the path, such as token or tenant_id.',
    test: (names) => `Open ${discoveryUrl(names)} in a browser. ${READ_DISCOVERY}`,
    lookAlikes: ['national-cloud-mismatch', 'token-service-transient'],
    when: either(tenantNotFound, byCode('tenant-not-found')),
    fix: (names, detail) => [
      ...(detail === 'not-a-tenant'
        ? []
        : [
            shell(`Check whether the tenant exists, and in which cloud. ${READ_DISCOVERY}`, discovery(names)),
          ]),
      say(
        'Copy the "Directory (tenant) ID" from the overview of the App registration into the configuration.',
      ),
    ],
    takesEffect: 'At once.',
  },
  'tenant-identifier-malformed': {
    title: (names) => `The tenant of ${names.app} is neither a GUID nor a domain`,
    owner: 'operator',
    scope: 'tenant',
    guideStep: 1,
    references: [REFERENCES.codes],
    symptom:
      'The token endpoint returns AADSTS900023: "Specified tenant identifier \'...\' is neither a valid DNS name, nor a valid external domain."',
    test: () =>
      'Check what the error quotes: a word such as oauth2 or authorize means that the authority URL contains a path too many.',
    lookAlikes: ['tenant-not-found'],
    when: byCode('tenant-identifier-malformed'),
    fix: () => [
      say(
        'Set the tenant to the "Directory (tenant) ID" in the overview of the App registration (a GUID), and the authority to the host alone, such as https://login.microsoftonline.com.',
      ),
    ],
    takesEffect: 'At once.',
  },
  'tenant-endpoint-common': {
    title: (names) =>
      `${names.app} requests its token at /common or /organizations, where an app cannot sign in as itself`,
    owner: 'operator',
    scope: 'app',
    guideStep: 1,
    references: [REFERENCES.clientCredentials, REFERENCES.codes],
    symptom:
      'AADSTS50194, AADSTS9001023 or AADSTS50059 from the token endpoint, or missing_tenant_id_error from MSAL: an app-only token needs the tenant in the URL.',
    test: () => 'Check the token URL: it must contain the tenant id, not common, organizations or consumers.',
    lookAlikes: ['tenant-not-found'],
    when: either(byCode('tenant-endpoint-common'), (facts) =>
      facts.token?.signs.has('no-tenant') === true
        ? aboutToken(facts.token, { confidence: 'certain' })
        : undefined,
    ),
    fix: (names) => [
      say(
        `Use the tenant's own endpoint: ${names.authority}/${names.tenant}/oauth2/v2.0/token, with the "Directory (tenant) ID" of the App registration.`,
      ),
    ],
    takesEffect: 'At once.',
  },
  'national-cloud-mismatch': {
    title: (names, detail) =>
      detail === 'resource-of-another-cloud'
        ? `${names.app} requests a token for ${requestedResource(names)} from ${names.tokenHost.host}, which is another cloud's`
        : `The tenant of ${names.app} is in another cloud, not in the one that the request was sent to`,
    owner: 'operator',
    scope: 'tenant',
    guideStep: 1,
    references: [REFERENCES.nationalClouds, REFERENCES.codes],
    symptom:
      'AADSTS900382 or AADSTS900432 ("Confidential Client is not supported in Cross Cloud request."), AADSTS90038, or AADSTS90002 for a tenant that exists: the request for a GCC High, DoD or 21Vianet tenant went to login.microsoftonline.com, or the reverse.',
    test: (names) => `Open ${discoveryUrl(names)} in a browser. ${READ_DISCOVERY}`,
    lookAlikes: ['tenant-not-found'],
    when: either(byCode('national-cloud-mismatch'), resourceOfAnotherCloud, (facts) => {
      const token = tokenWithCause(facts, 'tenant-not-found');
      if (token === undefined || workedLately(facts) || tenantNotFound(facts)?.confidence === 'certain')
        return undefined;
      return aboutToken(token, { confidence: 'possible' });
    }),
    fix: (names, detail) => [
      ...(detail === 'resource-of-another-cloud'
        ? [
            say(
              `authority is set to ${names.authority}, while cloud: ${names.cloud} and the scope ${names.scope} are for ${CLOUDS[cloudOfResource(requestedResource(names)) ?? names.cloud].title}. Set cloud: to the one of the tenant, and remove authority and scope where they are overridden.`,
            ),
          ]
        : []),
      shell(`Check which cloud the tenant is in. ${READ_DISCOVERY}`, discovery(names)),
      say(
        `Set authority, scope and mail host to those of the tenant's cloud (mailprobe: \`cloud:\` of the app, ${CLOUD_NAMES.join(', ')}, sets all three).`,
      ),
      say(`Hosts: ${CLOUD_NAMES.map(hostsOf).join('; ')}.`),
    ],
    takesEffect: 'At once.',
  },
} satisfies RuleTable;
