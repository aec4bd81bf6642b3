/**
 * The hosts of each Microsoft cloud. Read by `resolve.ts`, printed into docs/configuration.md. Every one of them but
 * the Graph scope can be overridden, because the tables of other mailers disagree about the smaller clouds.
 */
import type { Cloud } from '../model/target.ts';

export interface CloudHosts {
  readonly authority: string;
  readonly graphEndpoint: string;
  readonly scope: string;
  readonly graphScope: string;
  /** IMAP and POP3 share one host. */
  readonly mailHost: string;
}

export const CLOUDS: Readonly<Record<Cloud, CloudHosts>> = {
  global: {
    authority: 'https://login.microsoftonline.com',
    graphEndpoint: 'https://graph.microsoft.com',
    scope: 'https://outlook.office365.com/.default',
    graphScope: 'https://graph.microsoft.com/.default',
    mailHost: 'outlook.office365.com',
  },
  'gcc-high': {
    authority: 'https://login.microsoftonline.us',
    graphEndpoint: 'https://graph.microsoft.us',
    scope: 'https://outlook.office365.us/.default',
    graphScope: 'https://graph.microsoft.us/.default',
    mailHost: 'outlook.office365.us',
  },
  dod: {
    authority: 'https://login.microsoftonline.us',
    graphEndpoint: 'https://dod-graph.microsoft.us',
    scope: 'https://outlook-dod.office365.us/.default',
    graphScope: 'https://dod-graph.microsoft.us/.default',
    mailHost: 'outlook-dod.office365.us',
  },
  china: {
    authority: 'https://login.chinacloudapi.cn',
    graphEndpoint: 'https://microsoftgraph.chinacloudapi.cn',
    scope: 'https://partner.outlook.cn/.default',
    graphScope: 'https://microsoftgraph.chinacloudapi.cn/.default',
    mailHost: 'partner.outlook.cn',
  },
};

export const CLOUD_NAMES = ['global', 'gcc-high', 'dod', 'china'] as const satisfies readonly Cloud[];
