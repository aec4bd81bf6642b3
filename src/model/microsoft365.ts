/**
 * The facts of Microsoft 365: its clouds with their hosts, the ids of its own applications, and which hosts are
 * Microsoft's. Facts of protocols are in `protocol.ts`, checks of tokens in `token-claims.ts`. The sandbox has its own
 * copy of these facts, so that its tests show an error in this file.
 */
export const CLOUD_NAMES = ['global', 'gcc-high', 'dod', 'china'] as const;

export type Cloud = (typeof CLOUD_NAMES)[number];

export interface CloudFacts {
  /** The name in sentences: `GCC High`. */
  readonly title: string;
  /** The URL that issues tokens, without the tenant. */
  readonly authority: string;
  readonly graphEndpoint: string;
  readonly graphScope: string;
  /** The host of Exchange Online's front end, the same for every protocol. */
  readonly mailHost: string;
  /** The scope of the mail token. */
  readonly scope: string;
  /** The hosts by which the claim `aud` and scopes name Exchange Online. */
  readonly resourceHosts: readonly string[];
  /** The hosts in the claim `iss` of version 1.0 and version 2.0 tokens. */
  readonly issuerHosts: readonly string[];
  /** The value of `-Environment` for Connect-MgGraph. */
  readonly graphEnvironment: string;
  /** Whether Connect-MgGraph signs in without `-ClientId`, because Microsoft's own client exists in this cloud. */
  readonly hasGraphClient: boolean;
  /** The value of `-ExchangeEnvironmentName` for Connect-ExchangeOnline. */
  readonly exchangeEnvironment: string;
}

/**
 * Sources:
 * - Authorities: https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud
 * - Graph: https://learn.microsoft.com/graph/deployments
 * - Mail hosts: https://learn.microsoft.com/microsoft-365/enterprise/urls-and-ip-address-ranges, and the pages
 *   microsoft-365-u-s-government-gcc-high-endpoints, -dod-endpoints and urls-and-ip-address-ranges-21vianet
 * - Environments: https://learn.microsoft.com/powershell/microsoftgraph/authentication-commands and
 *   https://learn.microsoft.com/powershell/module/exchangepowershell/connect-exchangeonline
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
    // The former name of this host is login.chinacloudapi.cn. Microsoft's page names only this host. MSAL's table
    // prefers this host, too (`preferred_network`), and lists the former name as an alias.
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

/** A cloud that cannot be configured by its name, because Microsoft does not document its mail hosts. */
export interface PartlyKnownCloud {
  readonly title: string;
  readonly authority: string;
  readonly graphEndpoint: string;
  readonly graphEnvironment: string;
}

/**
 * Sovereign clouds, by id. Microsoft documents their sign-in and their Graph. It does not document their mail hosts,
 * their scopes and their environment of Exchange Online PowerShell, and this table does not guess them.
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

/** Returns the cloud of `PARTLY_KNOWN_CLOUDS` that issues tokens at this authority, compared by host. */
export function partlyKnownCloudAt(authority: string): PartlyKnownCloud | undefined {
  const host = hostOf(authority);
  return [...PARTLY_KNOWN_CLOUDS.values()].find((cloud) => hostOf(cloud.authority) === host);
}

/** The ids of Microsoft's own applications, the same in every tenant. */
export const EXCHANGE_APP_ID = '00000002-0000-0ff1-ce00-000000000000';
export const GRAPH_APP_ID = '00000003-0000-0000-c000-000000000000';

const FACTS: readonly CloudFacts[] = CLOUD_NAMES.map((name) => CLOUDS[name]);

export const SIGN_IN_HOSTS: readonly string[] = [...new Set(FACTS.flatMap(signInHosts))];

export const EXCHANGE_RESOURCE_HOSTS: readonly string[] = FACTS.flatMap(({ resourceHosts }) => resourceHosts);

const GRAPH_HOSTS: ReadonlySet<string> = new Set(FACTS.map(({ graphEndpoint }) => hostOf(graphEndpoint)));

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

/** Whether the host is a mail host of Exchange Online, in any cloud. */
export function isExchangeHost(host: string): boolean {
  return isUnder(MAIL_DOMAINS, host);
}

/** Whether the host belongs to Exchange Online or to Microsoft's token service. */
export function isMicrosoftHost(host: string): boolean {
  return isExchangeHost(host) || isUnder(SIGN_IN_DOMAINS, host);
}

/** Whether the host issues Entra's tokens or is a host of Graph. */
export function isTokenHost(host: string): boolean {
  return SIGN_IN_HOSTS.includes(host.toLowerCase()) || GRAPH_HOSTS.has(host.toLowerCase());
}

/** Whether Entra issues tokens with this value of the claim `iss`. */
export function isMicrosoftIssuer(issuer: string): boolean {
  return issuer.startsWith('https://') && SIGN_IN_HOSTS.includes(hostOf(issuer));
}

/** Whether an audience, a scope or a resource (URI, host or application id) names Exchange Online in any cloud. */
export function isExchangeResource(resource: string): boolean {
  const name = hostOf(resource);
  return name === EXCHANGE_APP_ID || EXCHANGE_RESOURCE_HOSTS.includes(name);
}

export function isGraphResource(resource: string): boolean {
  const name = hostOf(resource);
  return name === GRAPH_APP_ID || GRAPH_HOSTS.has(name);
}

/** Returns the clouds whose tokens are issued at this authority. Empty for a host that is not Microsoft's. */
export function cloudsAt(authority: string): readonly Cloud[] {
  const host = hostOf(authority);
  return CLOUD_NAMES.filter((cloud) => signInHosts(CLOUDS[cloud]).includes(host));
}

/**
 * Returns the cloud to which a scope or resource of Exchange Online belongs. Undefined for the application id, which is
 * the same in every cloud.
 */
export function cloudOfResource(resource: string): Cloud | undefined {
  const host = hostOf(resource);
  return CLOUD_NAMES.find((cloud) => CLOUDS[cloud].resourceHosts.includes(host));
}

/** Returns the host of a URL in lower case. For a text without a scheme, returns the part before port and path. */
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
