/**
 * Which new credentials does the app management policy of an app allow? The policy that is assigned to the app applies,
 * or else the default policy of the tenant. Called by directory.ts for an app that may read policies.
 * https://learn.microsoft.com/en-us/graph/api/resources/applicationauthenticationmethodpolicy
 */
import type { AppPolicy } from '../../model/credential.ts';
import { isRecord } from '../../model/json.ts';
import type { Clean } from '../token/oauth-error.ts';
import type { GraphReader, GraphReply, Json } from './graph-reader.ts';

/**
 * The permissions to read policies, the least privileged first.
 * https://learn.microsoft.com/en-us/graph/api/tenantappmanagementpolicy-get
 */
const PERMISSIONS: readonly string[] = [
  'Policy.Read.All',
  'Policy.Read.ApplicationConfiguration',
  'Policy.ReadWrite.ApplicationConfiguration',
];

const LONGEST_NAME = 120;
const SECOND_MS = 1000;
const DAY_MS = 86_400_000;

export function mayReadPolicy(grantedRoles: readonly string[]): boolean {
  return PERMISSIONS.some((role) => grantedRoles.includes(role));
}

/**
 * The value is undefined if no policy applies to the app, or if its token may not read policies. Any other refusal is a
 * failure.
 */
export async function readPolicy(
  application: Json,
  graph: GraphReader,
  clean: Clean,
): Promise<GraphReply<AppPolicy | undefined>> {
  const own = await graph.list(
    `/applications/${encodeURIComponent(String(application.id))}/appManagementPolicies`,
  );
  if (!own.ok) return isClosed(own) ? { ok: true, value: undefined } : own;
  const [assigned] = own.value;
  // The assigned policy replaces the default policy as a whole, even if it is switched off.
  if (assigned !== undefined)
    return { ok: true, value: policyOf(assigned, assigned.restrictions, application, clean) };
  const all = await graph.get('/policies/defaultAppManagementPolicy');
  if (!all.ok) return isClosed(all) ? { ok: true, value: undefined } : all;
  return { ok: true, value: policyOf(all.value, all.value.applicationRestrictions, application, clean) };
}

/**
 * True if policies cannot be read, because the token does not have the permission or the cloud has no such policies.
 */
function isClosed({ failure: { status = '' } }: Extract<GraphReply<never>, { ok: false }>): boolean {
  return /^40[0134]$/.test(status);
}

function policyOf(
  policy: Json,
  restrictions: unknown,
  { createdDateTime }: Json,
  clean: Clean,
): AppPolicy | undefined {
  if (policy.isEnabled !== true || !isRecord(restrictions)) return undefined;
  const createdAt = typeof createdDateTime === 'string' ? Date.parse(createdDateTime) : Number.NaN;
  const secrets = inForce(restrictions.passwordCredentials, createdAt);
  const certificates = inForce(restrictions.keyCredentials, createdAt);
  const forbidsSecrets = secrets.some(({ restrictionType }) => restrictionType === 'passwordAddition');
  const longestSecretMs = longestOf(secrets, 'passwordLifetime');
  const longestCertificateMs = longestOf(certificates, 'asymmetricKeyLifetime');
  if (!forbidsSecrets && longestSecretMs === undefined && longestCertificateMs === undefined)
    return undefined;
  const { displayName } = policy;
  return {
    name:
      typeof displayName === 'string' && displayName !== ''
        ? clean(displayName, LONGEST_NAME)
        : 'without a name',
    forbidsSecrets,
    ...(longestSecretMs !== undefined && { longestSecretMs }),
    ...(longestCertificateMs !== undefined && { longestCertificateMs }),
  };
}

/**
 * Returns the restrictions that apply to an app created at this time. If the time is unknown (NaN), all enabled
 * restrictions apply.
 */
function inForce(list: unknown, createdAt: number): readonly Json[] {
  const entries = Array.isArray(list) ? list.filter(isRecord) : [];
  return entries.filter(({ state, restrictForAppsCreatedAfterDateTime: after }) => {
    const from = typeof after === 'string' ? Date.parse(after) : Number.NaN;
    return state !== 'disabled' && !(createdAt < from);
  });
}

function longestOf(restrictions: readonly Json[], type: string): number | undefined {
  const lifetimes = restrictions.flatMap(({ restrictionType, maxLifetime }) =>
    restrictionType === type && typeof maxLifetime === 'string' ? (durationMs(maxLifetime) ?? []) : [],
  );
  return lifetimes.length === 0 ? undefined : Math.min(...lifetimes);
}

/**
 * Converts a duration such as `P4DT12H30M5S` to milliseconds. Undefined for any other text. Years and months count with
 * their shortest length. Microsoft does not use them here, so that is exact enough.
 */
export function durationMs(text: string): number | undefined {
  const match =
    /^P(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9})(?:\.\d{1,9})?S)?)?$/.exec(
      text,
    );
  if (match === null) return undefined;
  const [years, months, weeks, days, hours, minutes, seconds] = match
    .slice(1)
    .map((part: string | undefined) => Number(part ?? '0'));
  const inDays = (years ?? 0) * 365 + (months ?? 0) * 28 + (weeks ?? 0) * 7 + (days ?? 0);
  const inSeconds = (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0);
  return inDays * DAY_MS + inSeconds * SECOND_MS;
}
