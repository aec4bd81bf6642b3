/**
 * Builds healthy tenants, with every step of the set-up guide done. Tests, demo and scenarios start with such a tenant
 * and then break it.
 */
import { randomBytes, randomUUID, X509Certificate } from 'node:crypto';
import { perProtocol } from '../model/protocol.ts';
import type {
  Application,
  Certificate,
  ExchangeServicePrincipal,
  Mailbox,
  ClientSecret,
  ServicePrincipal,
  Tenant,
} from './tenant.ts';

const DAY_MS = 86_400_000;

/** Returns a healthy tenant without applications and mailboxes. */
export function createTenant(
  options: Partial<Pick<Tenant, 'id' | 'domain' | 'displayName' | 'homeCloud' | 'servedCloud'>> = {},
): Tenant {
  return {
    id: randomUUID(),
    domain: 'contoso.example',
    displayName: 'Contoso',
    deleted: false,
    homeCloud: 'global',
    servedCloud: 'global',
    exchangeOnlineId: randomUUID(),
    graphId: randomUUID(),
    tokenLifetimeSeconds: 3900,
    diagnosticTail: false,
    pageSize: 100,
    applications: [],
    servicePrincipals: [],
    exchangeServicePrincipals: [],
    mailboxes: [],
    faults: {
      entra: { kind: 'healthy' },
      graph: { kind: 'healthy' },
      ...perProtocol(() => ({ kind: 'healthy' }) as const),
      clockSkewSeconds: 0,
    },
    ...options,
  };
}

export interface AddedApplication {
  readonly application: Application;
  readonly servicePrincipal: ServicePrincipal;
  readonly exchangeServicePrincipal: ExchangeServicePrincipal;
  /** The only secret of the application. */
  readonly secret: ClientSecret;
}

/**
 * Adds an application that is set up as in the guide: secret, permissions with consent, enterprise application,
 * `New-ServicePrincipal`. `graph` grants the permission to read its own registration.
 */
export function addApplication(
  tenant: Tenant,
  options: {
    readonly displayName: string;
    readonly appId?: string;
    readonly roles?: readonly string[];
    readonly graph?: boolean;
  },
): AddedApplication {
  const roles = [
    ...(options.roles ?? ['IMAP.AccessAsApp', 'POP.AccessAsApp']),
    ...(options.graph === true ? ['Application.Read.All', 'User.Read.All'] : []),
  ];
  const appId = options.appId ?? randomUUID();
  const secret = createSecret('mailprobe');
  const application: Application = {
    appId,
    objectId: randomUUID(),
    displayName: options.displayName,
    publicClient: false,
    secrets: [secret],
    certificates: [],
    federated: [],
    requiredResourceAccess: roles.map((permission) => ({ permission, type: 'Role' })),
  };
  const servicePrincipal: ServicePrincipal = {
    appId,
    id: randomUUID(),
    enabled: true,
    grantedRoles: roles,
    blockedByConditionalAccess: false,
  };
  const exchangeServicePrincipal: ExchangeServicePrincipal = {
    appId,
    objectId: servicePrincipal.id,
    displayName: options.displayName,
  };
  tenant.applications.push(application);
  tenant.servicePrincipals.push(servicePrincipal);
  tenant.exchangeServicePrincipals.push(exchangeServicePrincipal);
  return { application, servicePrincipal, exchangeServicePrincipal, secret };
}

/** Adds a mailbox that the applications with these client ids may open. */
export function addMailbox(
  tenant: Tenant,
  address: string,
  apps: readonly string[],
  changes: Partial<Mailbox> = {},
): Mailbox {
  const mailbox: Mailbox = {
    address,
    aliases: [],
    licensed: true,
    imapEnabled: true,
    popEnabled: true,
    fullAccess: tenant.servicePrincipals.filter(({ appId }) => apps.includes(appId)).map(({ id }) => id),
    messages: 12,
    refusalShape: 'no',
    migrating: false,
    faults: {},
    ...changes,
  };
  tenant.mailboxes.push(mailbox);
  return mailbox;
}

/**
 * Returns a secret in the current format: 40 characters with `~` at the sixth. Random, so that the repository contains
 * no value that secret scanners report.
 */
export function createSecret(
  displayName: string,
  options: { readonly [K in 'keyId' | 'value' | 'startDateTime' | 'endDateTime']?: string | undefined } = {},
): ClientSecret {
  const random = randomBytes(60)
    .toString('base64')
    .replaceAll(/[^A-Za-z0-9]/g, '');
  const value = options.value ?? `${random.slice(0, 3)}8Q~${random.slice(3, 37)}`;
  return {
    keyId: options.keyId ?? randomUUID(),
    displayName,
    value,
    hint: value.slice(0, 3),
    startDateTime: options.startDateTime ?? daysFromNow(-30),
    endDateTime: options.endDateTime ?? daysFromNow(150),
  };
}

/** Registers a certificate (PEM) with an application. */
export function registerCertificate(application: Application, pem: string): Certificate {
  const parsed = new X509Certificate(pem);
  const certificate: Certificate = {
    keyId: randomUUID(),
    displayName: parsed.subject.split('\n').at(-1) ?? 'certificate',
    thumbprintSha256: parsed.fingerprint256.replaceAll(':', ''),
    pem,
    startDateTime: new Date(parsed.validFrom).toISOString(),
    endDateTime: new Date(parsed.validTo).toISOString(),
  };
  application.certificates.push(certificate);
  return certificate;
}

export function daysFromNow(days: number): string {
  return new Date(Date.now() + days * DAY_MS).toISOString();
}
