/**
 * Decides which values of a pasted text may be shown. A value must stand where an identifier is expected, and must have
 * its form. Identifiers are GUIDs, domains, hosts, mailbox addresses, names of permissions and resources, numbers and
 * times. Every other value becomes `…`. All other text that a diagnosis shows comes from `vocabulary/`.
 */

/** Replaces a value that must not be shown. */
export const UNSHOWN = '…';

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const LABEL = /^(?:[A-Z]?[a-z0-9-]{1,63}|[A-Z0-9-]{1,63})$/;
const TOP_LEVEL = /^(?:[A-Za-z]?[a-z]{1,23}|[A-Z]{2,24})$/;
const LONGEST_DOMAIN = 253;
const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;
/** The last group of an IPv6 address may be an IPv4 address. */
const IPV6 = /^\[?[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?:\.\d{1,3}){0,3}\]?$/i;
const LOCAL_PART = /^[\w.+'-]{1,64}$/;
/** The name of a permission: `IMAP.AccessAsApp`, `full_access_as_app`, `User.Read.All`. */
const PERMISSION = /^[A-Za-z]{2,30}(?:[._][A-Za-z]{2,30}){1,4}$/;

export function isGuid(value: string): boolean {
  return GUID.test(value);
}

/**
 * Whether the value is a domain. Each label is in upper case, or in lower case with or without a capital at its
 * beginning. A secret of letters, digits and dots does not pass: it mixes cases within a label, or has no domain
 * suffix.
 */
export function isDomain(value: string): boolean {
  const labels = value.split('.');
  return (
    value.length <= LONGEST_DOMAIN &&
    labels.length > 1 &&
    labels.every((label) => LABEL.test(label)) &&
    TOP_LEVEL.test(labels.at(-1) ?? '')
  );
}

export function isHost(value: string): boolean {
  return value === 'localhost' || isDomain(value) || IPV4.test(value) || IPV6.test(value);
}

export function isMailboxAddress(value: string): boolean {
  const at = value.lastIndexOf('@');
  return at > 0 && LOCAL_PART.test(value.slice(0, at)) && isDomain(value.slice(at + 1));
}

export function isPermission(value: string): boolean {
  return PERMISSION.test(value);
}

/**
 * Returns what may be shown of a resource or scope: scheme and host. The path is shown only if it is a permission or an
 * id.
 */
export function shownResource(value: string): string {
  if (isGuid(value) || isPermission(value)) return value;
  const [, scheme = '', host = '', path = ''] =
    /^(https?:\/\/|api:\/\/|)([^/\s]{1,253})(\/.*)?$/i.exec(value) ?? [];
  if (!isGuid(host) && !isHost(host)) return UNSHOWN;
  const last = path.replace(/^\/+/, '');
  const id = last.replace(/\/(?:v2\.0\/?)?$/, '');
  const kept = last === '' || last === '.default' || isPermission(last) || isGuid(id);
  return `${scheme}${host}${kept ? path : `/${UNSHOWN}`}`;
}

/** Words that users leave in place of an id. They are shown, because they are the mistake. */
const PLACE_HOLDERS: ReadonlySet<string> = new Set([
  'common',
  'organizations',
  'consumers',
  'oauth2',
  'oauth2/authorize',
  'oauth2/token',
  'authorize',
  'token',
  'v2.0',
  'tenant',
  'tenantid',
  'tenant_id',
  'tenant-id',
  'client_id',
  'clientid',
  'null',
  'undefined',
]);

/** Returns the id or domain of a tenant if it may be shown, else `…`. */
export function shownId(value: string): string {
  const isKnown = isGuid(value) || isDomain(value) || isMailboxAddress(value);
  return isKnown || PLACE_HOLDERS.has(value.toLowerCase()) ? value : UNSHOWN;
}

/** Returns the id of an app if it may be shown, else `…`. A domain is not shown, because a secret may look like one. */
export function shownAppId(value: string): string {
  return isGuid(value) || PLACE_HOLDERS.has(value.toLowerCase()) ? value : UNSHOWN;
}

const PARAMETERS: ReadonlySet<string> = new Set([
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
  'grant_type',
  'scope',
  'resource',
  'request',
  'username',
  'password',
  'code',
  'redirect_uri',
  'refresh_token',
  'assertion',
]);

function only(fits: (value: string) => boolean): (value: string) => string {
  return (value) => (fits(value) ? value : UNSHOWN);
}

/**
 * For each kind of value in `KNOWN_SENTENCES`, such as `{id}`, the function that returns what may be shown of a value.
 */
export const SHOWN: Readonly<Record<string, (value: string) => string>> = {
  id: shownId,
  app: shownAppId,
  resource: shownResource,
  host: only(isHost),
  endpoint: only((value) => isHost(value) || isHost(value.replace(/:\d{1,5}$/, ''))),
  number: only((value) => /^\d{1,10}$/.test(value)),
  time: only((value) => /^\d{1,4}[-/]\d{1,2}[-/]\d{1,4}[\dT:.Z ]{0,24}$/.test(value)),
  thumbprint: only((value) => /^(?:[0-9A-F]{40}|[0-9A-F]{64})$/i.test(value)),
  parameter: only((value) => PARAMETERS.has(value)),
  name: () => UNSHOWN,
};
