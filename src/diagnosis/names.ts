/**
 * The names that titles and commands show: of the app, the mailbox, the tenant and the hosts. They come from the
 * configuration, the token's claims and the directory. For a text pasted into `mailprobe explain`, they come from the
 * text. If a name is unknown, commands show a placeholder in angle brackets.
 */
import type { Context } from '../model/context.ts';
import type { AppPolicy } from '../model/credential.ts';
import type { Scope } from '../model/diagnosis.ts';
import type { Claims, Evidence } from '../model/evidence.ts';
import { stageOf } from '../model/evidence.ts';
import { CLOUDS, isMicrosoftHost, type Cloud } from '../model/microsoft365.ts';
import type { QuotedNames } from '../model/quoted-names.ts';
import { factsOf, PROTOCOL_IDS, roleFor, type Protocol } from '../model/protocol.ts';
import { credentialLocation, endpointName, type App, type Credential } from '../model/target.ts';
import { PLACEHOLDERS } from './fix/placeholders.ts';
import { endpointAt, endpointOfUrl, through, type NamedEndpoint } from './named-endpoint.ts';

export interface Names {
  /** `app plm`. If the id is unknown: `the application`. */
  readonly app: string;
  /** `mailbox qms-inbox`. If the id is unknown: `the mailbox`. */
  readonly mailbox: string;
  /** The address for commands. If it is unknown, a placeholder. The same holds for `clientId` and `tenant`. */
  readonly address: string;
  readonly clientId: string;
  readonly tenant: string;
  /** The same three names without placeholders. Undefined if unknown. */
  readonly known: {
    readonly address: string | undefined;
    readonly clientId: string | undefined;
    readonly tenant: string | undefined;
  };
  /** Object id of the enterprise application. */
  readonly objectId: string | undefined;
  /** The object id of the App registration. Exchange needs `objectId` instead. */
  readonly applicationObjectId: string | undefined;
  /** The id of the credential in use, which the portal shows as "Secret ID". */
  readonly keyId: string | undefined;
  /** The tenant's policy for new credentials, if it is known. */
  readonly policy: AppPolicy | undefined;
  readonly protocol: Protocol;
  readonly protocolName: string;
  /** The application permission that the protocol needs: `IMAP.AccessAsApp`. */
  readonly role: string;
  /** `role`, and the roles that the app lacks for the other configured protocols. */
  readonly missingRoles: readonly string[];
  readonly host: string;
  readonly port: number;
  readonly endpoint: string;
  readonly authority: string;
  readonly mailHost: NamedEndpoint;
  readonly tokenHost: NamedEndpoint;
  /** The endpoints that the failure concerns: the mail host, the token host, or both. */
  readonly endpoints: readonly [NamedEndpoint, ...NamedEndpoint[]];
  /** The host name of Exchange Online's mail servers in `cloud`. */
  readonly exchangeHost: string;
  /** `Exchange` if the mail host is Exchange, else `the mail server mail.contoso.example:993`. */
  readonly server: string;
  /** The scope of the diagnosis. Undefined until `composeDiagnosis` sets it. */
  readonly hits: Scope | undefined;
  /** The OAuth scope of the token request. */
  readonly scope: string;
  /** The resource of the token request, if an error message quotes it. */
  readonly resource: string | undefined;
  readonly cloud: Cloud;
  readonly credentialKind: Credential['kind'];
  /** Where a new secret is stored: `the file /run/secrets/plm`. */
  readonly secretLocation: string;
  /** The subject of a diagnosis, by scope. */
  readonly subjects: {
    readonly mailbox: string;
    readonly app: string;
    readonly tenant: string;
  };
}

export function namesOf(evidence: Evidence, context: Context, quoted: QuotedNames = {}): Names {
  const claims = claimsOf(evidence, context);
  const app = context.app ?? context.target?.app;
  const cloud = app?.cloud ?? quoted.cloud ?? 'global';
  const protocol = evidence.protocol;
  const address = context.target?.mailbox.address ?? quoted.address;
  const clientId = app?.clientId ?? quoted.clientId ?? claims?.appId;
  const tenant = app?.tenant ?? quoted.tenant ?? claims?.tenantId;
  const authority = app?.authority ?? CLOUDS[cloud].authority;
  const mailHost = mailHostOf(evidence, context, quoted, cloud);
  const { host, port, endpoint } = mailHost;
  const isExchange = isMicrosoftHost(host) || stageOf(evidence, 'greeting')?.facts.exchange === true;
  const appId = app?.id ?? evidence.app;
  const mailboxId = context.target?.mailbox.id ?? evidence.mailbox;
  return {
    app: appId === undefined ? withName('application', clientId) : `app ${appId}`,
    mailbox: mailboxId === undefined ? withName('mailbox', address) : `mailbox ${mailboxId}`,
    address: address ?? PLACEHOLDERS.address,
    clientId: clientId ?? PLACEHOLDERS.clientId,
    tenant: tenant ?? PLACEHOLDERS.tenant,
    known: { address, clientId, tenant },
    ...registrationNames(claims, context),
    protocol,
    protocolName: factsOf(protocol).name,
    role: roleFor(protocol),
    missingRoles: missingRolesOf(protocol, claims, context, quoted),
    host,
    port,
    endpoint,
    authority,
    mailHost,
    tokenHost: tokenHostOf(authority, app, quoted),
    endpoints: [mailHost],
    hits: undefined,
    server: isExchange ? 'Exchange' : `the mail server ${endpoint}`,
    scope: app?.scope ?? CLOUDS[cloud].scope,
    resource: quoted.resource,
    exchangeHost: CLOUDS[cloud].mailHost,
    cloud,
    credentialKind: app?.credential.kind ?? 'secret',
    secretLocation:
      app === undefined ? 'the configuration of the program' : credentialLocation(app.credential),
    subjects: {
      mailbox: mailboxId ?? address ?? 'the mailbox',
      app: appId ?? clientId ?? 'the application',
      tenant: tenant ?? 'the tenant',
    },
  };
}

/** Returns the ids of the app in the tenant, and the policy that applies to the app. Undefined members are unknown. */
function registrationNames(
  claims: Claims | undefined,
  { credential }: Context,
): Pick<Names, 'objectId' | 'applicationObjectId' | 'keyId' | 'policy'> {
  const registration = credential?.registration;
  return {
    objectId: claims?.objectId ?? registration?.servicePrincipalId,
    applicationObjectId: registration?.applicationObjectId,
    keyId: credential?.matchedKeyId,
    policy: registration?.policy,
  };
}

/**
 * Returns the mail host that the configuration, the pasted text or the probe names. If none of them names a host,
 * returns Exchange Online's mail host in the cloud.
 */
function mailHostOf(
  evidence: Evidence,
  { target }: Context,
  quoted: QuotedNames,
  cloud: Cloud,
): NamedEndpoint {
  const { protocol } = evidence;
  const known = target?.endpoint.host ?? quoted.host ?? stageOf(evidence, 'dns')?.facts.host;
  const host = known ?? CLOUDS[cloud].mailHost;
  const port =
    target?.endpoint.port ??
    quoted.port ??
    stageOf(evidence, 'connect')?.facts.port ??
    factsOf(protocol).ports.implicit;
  return {
    host,
    port,
    endpoint: endpointName({ host, port }),
    protocol,
    ...(known === undefined ? { called: 'the mail host' } : {}),
    ...(target === undefined ? {} : { tls: target.endpoint.tls, ...through(target.network) }),
  };
}

function tokenHostOf(authority: string, app: App | undefined, { tokenHost }: QuotedNames): NamedEndpoint {
  if (tokenHost !== undefined) return endpointAt(tokenHost);
  const endpoint = endpointOfUrl(authority);
  return app === undefined
    ? { ...endpoint, called: 'the token host' }
    : { ...endpoint, ...through(app.network) };
}

/** Sets `endpoints` to the hosts that a failure concerns: the mail host, the token host or both. */
export function namesAbout(names: Names, about: 'mail' | 'token' | 'both'): Names {
  const [mail] = names.endpoints;
  if (about === 'mail') return names;
  return { ...names, endpoints: about === 'token' ? [names.tokenHost] : [mail, names.tokenHost] };
}

/**
 * Sets `endpoints` to the configured proxies, for a failure of a proxy itself. Changes nothing if no proxy is
 * configured.
 */
export function namesOfProxy(names: Names): Names {
  const proxies = names.endpoints.flatMap(({ proxy }) =>
    proxy === undefined
      ? []
      : [{ host: proxy.host, port: proxy.port, endpoint: proxy.endpoint, called: `the proxy ${proxy.name}` }],
  );
  const [first, ...others] = proxies;
  if (first === undefined) return names;
  return { ...names, endpoints: [first, ...others.filter(({ endpoint }) => endpoint !== first.endpoint)] };
}

/** Returns ` through the proxy http://proxy.example:3128`, or an empty text if no proxy is configured. */
export function routeOf({ endpoints }: Names): string {
  const proxies = new Set(endpoints.flatMap(({ proxy }) => proxy?.name ?? []));
  return proxies.size === 0 ? '' : ` through the proxy ${[...proxies].join(' and ')}`;
}

/** Returns the endpoints as a list: `login.microsoftonline.com:443 and outlook.office365.com:993`. */
export function endpointsOf({ endpoints }: Names): string {
  return endpoints.map(({ called, endpoint }) => called ?? endpoint).join(' and ');
}

export function hostsOf({ endpoints }: Names): string {
  return [...new Set(endpoints.map(({ called, host }) => called ?? host))].join(' and ');
}

/**
 * Returns the claims of the probe's own token. If the probe did not get a token, returns the claims of the cached
 * token.
 */
export function claimsOf(evidence: Evidence, context: Context): Claims | undefined {
  const own = stageOf(evidence, 'claims')?.facts;
  return own !== undefined && Object.keys(own).length > 0 ? own : context.token?.claims;
}

/**
 * Returns the role of `own`, and the roles that the app lacks for the other configured protocols. A role is lacking if
 * the directory or the token does not have it. Both count, because the directory may have been read hours ago.
 */
function missingRolesOf(
  own: Protocol,
  claims: Claims | undefined,
  { target, credential }: Context,
  { protocols = target?.mailbox.protocols ?? [] }: QuotedNames,
): readonly string[] {
  const inToken = claims === undefined ? undefined : (claims.roles ?? []);
  const granted = credential?.registration?.grantedRoles ?? inToken;
  const missing = (protocol: Protocol): boolean =>
    !(granted?.includes(roleFor(protocol)) ?? true) || inToken?.includes(roleFor(protocol)) === false;
  return PROTOCOL_IDS.filter(
    (protocol) => protocol === own || (protocols.includes(protocol) && missing(protocol)),
  ).map(roleFor);
}

function withName(kind: string, name: string | undefined): string {
  return name === undefined ? `the ${kind}` : `${kind} ${name}`;
}
