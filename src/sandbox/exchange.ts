/**
 * Evaluates a login in Exchange Online's order, for both protocols: the token, Exchange's own list of service
 * principals, the mailbox, then protocol switch and permission. `imap.ts` and `pop3.ts` turn the result into replies.
 */
import type { Protocol } from '../model/protocol.ts';
import type { TokenIssuer, VerifiedToken } from './access-token.ts';
import { EXCHANGE_ONLINE, findMailbox, PROTOCOL_ROLE, resourceOf, same, serverNow } from './directory.ts';
import type { MailFault } from './fault.ts';
import type { Mailbox, Tenant } from './tenant.ts';

/**
 * Why a login was refused. Replies do not contain the reason. Only a tenant with `diagnosticTail` shows whether the
 * mailbox was not found.
 */
export type Refusal =
  | 'malformed'
  | 'token'
  | 'audience'
  | 'role'
  | 'service-principal'
  | 'mailbox'
  | 'permission'
  | 'protocol';

export type Login =
  | { readonly outcome: 'opened'; readonly mailbox: Mailbox; readonly token: VerifiedToken }
  | { readonly outcome: 'not-connected'; readonly because: Refusal }
  | { readonly outcome: 'refused'; readonly because: Refusal; readonly user: string }
  | { readonly outcome: 'fault'; readonly fault: MailFault };

export async function checkLogin(
  tenant: Tenant,
  issuer: TokenIssuer,
  protocol: Protocol,
  sasl: string,
): Promise<Login> {
  const frontEnd = tenant.faults[protocol];
  if (frontEnd.kind.endsWith('-at-login') || frontEnd.kind === 'throttled') {
    return { outcome: 'fault', fault: frontEnd };
  }
  const credentials = parseXoauth2(sasl);
  if (credentials === undefined) return { outcome: 'refused', because: 'malformed', user: '' };
  const { user } = credentials;
  const refused = (because: Refusal): Login => ({ outcome: 'refused', because, user });

  const token = await issuer.verify(credentials.token, tenant, serverNow(tenant));
  if (token === undefined || isRevoked(tenant, token)) return refused('token');
  if (resourceOf(tenant, token.audience) !== EXCHANGE_ONLINE) return refused('audience');
  if (!token.roles.includes(PROTOCOL_ROLE[protocol])) return refused('role');
  if (!isRegistered(tenant, token)) return refused('service-principal');

  const mailbox = findMailbox(tenant, user);
  if (mailbox === undefined) return refused('mailbox');
  const fault = mailbox.faults[protocol];
  if (fault !== undefined && (fault.kind.endsWith('-at-login') || fault.kind === 'throttled')) {
    return { outcome: 'fault', fault };
  }
  const because = refusalOf(mailbox, token, protocol);
  if (because === undefined) return { outcome: 'opened', mailbox, token };
  return mailbox.refusalShape === 'not-connected' ? { outcome: 'not-connected', because } : refused(because);
}

function isRevoked({ servicePrincipals }: Tenant, { objectId, issuedAt }: VerifiedToken): boolean {
  const from = servicePrincipals.find(({ id }) => same(id, objectId))?.tokensValidFrom;
  return from !== undefined && issuedAt < Math.floor(Date.parse(from) / 1000);
}

/**
 * Does Exchange have a service principal with the client id and the object id of the token? Returns false if it was
 * registered with another object id.
 */
function isRegistered(tenant: Tenant, token: VerifiedToken): boolean {
  return tenant.exchangeServicePrincipals.some(
    ({ appId, objectId, effectiveFrom }) =>
      same(appId, token.appId) &&
      same(objectId, token.objectId) &&
      (effectiveFrom === undefined || Date.parse(effectiveFrom) <= serverNow(tenant)),
  );
}

/** The protocol switches of the mailbox, as set by Set-CASMailbox. */
const SWITCHES: Readonly<Record<Protocol, 'imapEnabled' | 'popEnabled'>> = {
  imap: 'imapEnabled',
  pop3: 'popEnabled',
};

function refusalOf(mailbox: Mailbox, token: VerifiedToken, protocol: Protocol): Refusal | undefined {
  if (!mailbox.licensed || mailbox.gone !== undefined) return 'mailbox';
  if (!mailbox[SWITCHES[protocol]]) return 'protocol';
  const lists = (ids: readonly string[] = []): boolean => ids.some((id) => same(id, token.objectId));
  return lists(mailbox.fullAccess) && !lists(mailbox.fullAccessDenied) ? undefined : 'permission';
}

/**
 * Parses `user=ADDRESS ^A auth=Bearer TOKEN ^A ^A` in base64 (Google's XOAUTH2, as Exchange accepts it). Undefined if
 * it is malformed.
 */
function parseXoauth2(sasl: string): { readonly user: string; readonly token: string } | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(sasl)) return undefined;
  const text = Buffer.from(sasl, 'base64').toString('utf8');
  // oxlint-disable-next-line no-control-regex -- the separator of XOAUTH2 is a control character
  const [, user, token] = /^user=([^\u0001]*)\u0001auth=Bearer ([^\u0001]+)\u0001\u0001$/i.exec(text) ?? [];
  return user === undefined || token === undefined ? undefined : { user, token };
}

/** The text in brackets at the end of a greeting: the front end's host name in UTF-16LE, base64. */
export const GREETING_NAME = Buffer.from('SANDBOX.MAILPROBE.SIMULATED', 'utf16le').toString('base64');

const USUAL_SLOWNESS_MS = 15_000;

/** Returns how many milliseconds the front end takes to accept the login. */
export function loginTakesMs(
  tenant: Tenant,
  protocol: Protocol,
  { mailbox }: Extract<Login, { outcome: 'opened' }>,
): number {
  const slow = [mailbox.faults[protocol], tenant.faults[protocol]].find((fault) => fault?.kind === 'slow');
  return slow === undefined ? 0 : (slow.delayMs ?? USUAL_SLOWNESS_MS);
}

/** Returns the fault of the session after a successful login. Undefined if it has none. */
export function faultAfterLogin(
  tenant: Tenant,
  protocol: Protocol,
  login: Extract<Login, { outcome: 'opened' }>,
): 'session-closed' | 'token-expired' | 'in-transit' | 'unavailable' | undefined {
  const kinds = new Set([tenant.faults[protocol].kind, login.mailbox.faults[protocol]?.kind]);
  if (kinds.has('session-closed')) return 'session-closed';
  const acceptedUntil = login.token.expiresAt + (tenant.tokenLeewaySeconds ?? 0);
  const expired = acceptedUntil * 1000 <= serverNow(tenant);
  if (expired || kinds.has('session-invalidated')) return 'token-expired';
  if (login.mailbox.migrating) return 'in-transit';
  return kinds.has('unavailable-at-open') ? 'unavailable' : undefined;
}
