/**
 * The facts of Microsoft 365: its clouds with their hosts, the ids of its own applications, and which hosts are
 * Microsoft's. Every part that names a cloud or a host of Microsoft reads them here. Protocols are in `protocol.ts`, the
 * checks of a token in `token-claims.ts`. The sandbox keeps its own copy on purpose, as a second opinion.
 */
export const CLOUD_NAMES = ['global', 'gcc-high', 'dod', 'china'] as const;

export type Cloud = (typeof CLOUD_NAMES)[number];

export interface CloudFacts {
  /** As sentences name it: `GCC High`. */
  readonly title: string;
  /** Where tokens are issued, without the tenant. */
  readonly authority: string;
  readonly graphEndpoint: string;
  readonly graphScope: string;
  /** Exchange Online's front end: one host for every protocol. */
  readonly mailHost: string;
  /** Scope of the mail token. */
  readonly scope: string;
  /** Hosts of Exchange Online's resource, as `aud` and scopes name it. */
  readonly resourceHosts: readonly string[];
  /** Hosts in `iss`, of version 1.0 and 2.0 tokens. */
  readonly issuerHosts: readonly string[];
  /** `-Environment` of Connect-MgGraph. */
  readonly graphEnvironment: string;
  /** Connect-MgGraph signs in without `-ClientId`: Microsoft's own client exists there. */
  readonly hasGraphClient: boolean;
  /** `-ExchangeEnvironmentName` of Connect-ExchangeOnline. */
  readonly exchangeEnvironment: string;
}

/**
 * Authorities: https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud
 * Graph: https://learn.microsoft.com/graph/deployments
 * Mail hosts: https://learn.microsoft.com/microsoft-365/enterprise/urls-and-ip-address-ranges, and the lists beside it:
 * microsoft-365-u-s-government-gcc-high-endpoints, -dod-endpoints, urls-and-ip-address-ranges-21vianet
 * Environments: https://learn.microsoft.com/powershell/microsoftgraph/authentication-commands and
 * https://learn.microsoft.com/powershell/module/exchangepowershell/connect-exchangeonline
 */
export const CLOUDS: Readonly<Record<Cloud, CloudFacts>> = {
  global: {
    title: 'the global cloud',
    authority: 'https://login.microsoftonline.com',
    graphEndpoint: 'https://graph.microsoft.com',
    graphScope: 'https://graph.microsoft.com/.default',
    mailHost: 'outlook.office365.com',
    scope: 'https://outlook.office365.com/.default',
    resourceHosts: ['outlook.office365.com', 'outlook.office.com', 'ps.outlook.com'],
    issuerHosts: ['sts.windows.net', 'login.microsoftonline.com', 'login.windows.net'],
    graphEnvironment: 'Global',
    hasGraphClient: true,
    exchangeEnvironment: 'O365Default',
  },
  'gcc-high': {
    title: 'GCC High',
    authority: 'https://login.microsoftonline.us',
    graphEndpoint: 'https://graph.microsoft.us',
    graphScope: 'https://graph.microsoft.us/.default',
    mailHost: 'outlook.office365.us',
    scope: 'https://outlook.office365.us/.default',
    resourceHosts: ['outlook.office365.us', 'outlook.office.us'],
    issuerHosts: ['sts.windows.net', 'login.microsoftonline.us'],
    graphEnvironment: 'USGov',
    hasGraphClient: true,
    exchangeEnvironment: 'O365USGovGCCHigh',
  },
  dod: {
    title: 'DoD',
    authority: 'https://login.microsoftonline.us',
    graphEndpoint: 'https://dod-graph.microsoft.us',
    graphScope: 'https://dod-graph.microsoft.us/.default',
    mailHost: 'outlook-dod.office365.us',
    scope: 'https://outlook-dod.office365.us/.default',
    resourceHosts: ['outlook-dod.office365.us', 'webmail.apps.mil'],
    issuerHosts: ['sts.windows.net', 'login.microsoftonline.us'],
    graphEnvironment: 'USGovDoD',
    hasGraphClient: true,
    exchangeEnvironment: 'O365USGovDoD',
  },
  china: {
    title: '21Vianet',
    // Not login.chinacloudapi.cn, its former name: Microsoft's page names this one alone, and so does MSAL's own table
    // (`preferred_network`), which keeps the former one as an alias.
    authority: 'https://login.partner.microsoftonline.cn',
    graphEndpoint: 'https://microsoftgraph.chinacloudapi.cn',
    graphScope: 'https://microsoftgraph.chinacloudapi.cn/.default',
    mailHost: 'partner.outlook.cn',
    scope: 'https://partner.outlook.cn/.default',
    resourceHosts: ['partner.outlook.cn'],
    issuerHosts: ['sts.chinacloudapi.cn', 'login.partner.microsoftonline.cn', 'login.chinacloudapi.cn'],
    graphEnvironment: 'China',
    hasGraphClient: false,
    exchangeEnvironment: 'O365China',
  },
};

/** What is known about a cloud that cannot be configured by its name. */
export interface PartlyKnownCloud {
  readonly title: string;
  readonly authority: string;
  readonly graphEndpoint: string;
  readonly graphEnvironment: string;
}

/**
 * Sovereign clouds of which Microsoft documents sign-in and Graph, but neither mail hosts nor scopes nor the
 * environment of Exchange Online PowerShell. Nothing is guessed.
 * https://learn.microsoft.com/powershell/module/microsoft.graph.authentication/get-mgenvironment (read 2026-11-28)
 */
export const PARTLY_KNOWN_CLOUDS: ReadonlyMap<string, PartlyKnownCloud> = new Map([
  [
    'bleu',
    {
      title: 'Bleu',
      authority: 'https://login.sovcloud-identity.fr',
      graphEndpoint: 'https://graph.svc.sovcloud.fr',
      graphEnvironment: 'BleuCloud',
    },
  ],
  [
    'delos',
    {
      title: 'Delos',
      authority: 'https://login.sovcloud-identity.de',
      graphEndpoint: 'https://graph.svc.sovcloud.de',
      graphEnvironment: 'DelosCloud',
    },
  ],
  [
    'govsg',
    {
      title: 'GovSG',
      authority: 'https://login.sovcloud-identity.sg',
      graphEndpoint: 'https://graph.svc.sovcloud.sg',
      graphEnvironment: 'GovSGCloud',
    },
  ],
]);

/** The partly known cloud that issues tokens there. */
export function partlyKnownCloudAt(authority: string): PartlyKnownCloud | undefined {
  const host = hostOf(authority);
  return [...PARTLY_KNOWN_CLOUDS.values()].find((cloud) => hostOf(cloud.authority) === host);
}

/** Microsoft's own applications have the same id in every tenant. */
export const EXCHANGE_APP_ID = '00000002-0000-0ff1-ce00-000000000000';
export const GRAPH_APP_ID = '00000003-0000-0000-c000-000000000000';

const FACTS: readonly CloudFacts[] = CLOUD_NAMES.map((name) => CLOUDS[name]);

/** Hosts that issue tokens, of all clouds, each once: the authorities and the issuers. */
export const SIGN_IN_HOSTS: readonly string[] = [...new Set(FACTS.flatMap(signInHosts))];

/** All known spellings of Exchange Online's resource, without scheme. */
export const EXCHANGE_RESOURCE_HOSTS: readonly string[] = FACTS.flatMap(({ resourceHosts }) => resourceHosts);

const GRAPH_HOSTS: ReadonlySet<string> = new Set(FACTS.map(({ graphEndpoint }) => hostOf(graphEndpoint)));

/** The authority of that cloud, and the issuers in its tokens. */
export function signInHosts({ authority, issuerHosts }: CloudFacts): readonly string[] {
  return [hostOf(authority), ...issuerHosts];
}

const MAIL_DOMAINS: readonly string[] = [
  'office365.com',
  'office365.us',
  'office.com',
  'office.us',
  'outlook.com',
  'outlook.cn',
  'apps.mil',
];
const SIGN_IN_DOMAINS: readonly string[] = [
  'microsoftonline.com',
  'microsoftonline.us',
  'microsoftonline.cn',
  'chinacloudapi.cn',
];

/** A mail host of Exchange Online in any cloud. */
export function isExchangeHost(host: string): boolean {
  return isUnder(MAIL_DOMAINS, host);
}

/** A host of Exchange Online or of Microsoft's token service. */
export function isMicrosoftHost(host: string): boolean {
  return isExchangeHost(host) || isUnder(SIGN_IN_DOMAINS, host);
}

/** A host that issues tokens, or Graph, which is used only with tokens. */
export function isTokenHost(host: string): boolean {
  return SIGN_IN_HOSTS.includes(host.toLowerCase()) || GRAPH_HOSTS.has(host.toLowerCase());
}

/** Is this `iss` claim one of Entra's? Tokens of other issuers are not checked. */
export function isMicrosoftIssuer(issuer: string): boolean {
  return issuer.startsWith('https://') && SIGN_IN_HOSTS.includes(hostOf(issuer));
}

/** Does an audience, a scope or a resource (URI, host or application id) name Exchange Online, in any cloud? */
export function isExchangeResource(resource: string): boolean {
  const name = hostOf(resource);
  return name === EXCHANGE_APP_ID || EXCHANGE_RESOURCE_HOSTS.includes(name);
}

export function isGraphResource(resource: string): boolean {
  const name = hostOf(resource);
  return name === GRAPH_APP_ID || GRAPH_HOSTS.has(name);
}

/** The clouds whose tokens are issued there; none for a host that is not Microsoft's. */
export function cloudsAt(authority: string): readonly Cloud[] {
  const host = hostOf(authority);
  return CLOUD_NAMES.filter((cloud) => signInHosts(CLOUDS[cloud]).includes(host));
}

/** The cloud whose Exchange Online a scope or resource names. The application id fits any cloud. */
export function cloudOfResource(resource: string): Cloud | undefined {
  const host = hostOf(resource);
  return CLOUD_NAMES.find((cloud) => CLOUDS[cloud].resourceHosts.includes(host));
}

/** The host of a URL, in lower case. Of a text without a scheme, the part before the path. */
export function hostOf(url: string): string {
  return url
    .replace(/^[a-z]{1,10}:\/\//i, '')
    .replace(/[/:?#].*$/s, '')
    .toLowerCase();
}

function isUnder(domains: readonly string[], host: string): boolean {
  const name = host.toLowerCase();
  return domains.some((domain) => name === domain || name.endsWith(`.${domain}`));
}
