/**
 * A Microsoft 365 tenant as data: the state of the sandbox's Entra, Graph and Exchange Online. Every response of the
 * front ends is computed from it. The schemas define it, and the control API validates its input with them. Faults of
 * hosts and network are in `fault.ts`, builders in `tenant-builder.ts`, look-ups in `directory.ts`. Dates are RFC 3339.
 */
import { z } from 'zod';
import { perProtocol } from '../model/protocol.ts';
import { faultsSchema, mailboxFaultSchema } from './fault.ts';

const guid = z.guid({ error: 'expected a GUID such as 11111111-2222-3333-4444-555555555555' });
const address = z.string().regex(/^[^\s@]+@[^\s@]+$/, 'expected an address such as qms@contoso.example');
const dateTime = z.iso.datetime({
  offset: true,
  error: 'expected an RFC 3339 time such as 2027-03-01T00:00:00Z',
});

const CLOUDS = ['global', 'gcc-high', 'dod', 'china'] as const;

export const secretSchema = z.strictObject({
  /** The portal's "Secret ID". */
  keyId: guid,
  displayName: z.string(),
  value: z.string().min(1),
  /** The first three characters of the value. */
  hint: z.string(),
  startDateTime: dateTime,
  endDateTime: dateTime,
});
export type ClientSecret = z.infer<typeof secretSchema>;

export const certificateSchema = z.strictObject({
  keyId: guid,
  displayName: z.string(),
  /** Hex, upper case. */
  thumbprintSha256: z.string().regex(/^[0-9A-F]{64}$/, 'expected 64 hex digits'),
  pem: z.string().startsWith('-----BEGIN CERTIFICATE-----'),
  startDateTime: dateTime,
  endDateTime: dateTime,
});
export type Certificate = z.infer<typeof certificateSchema>;

export const applicationSchema = z.strictObject({
  /** The client id. */
  appId: guid,
  /** The object id of the App registration. It must not be given to Exchange. */
  objectId: guid,
  displayName: z.string().min(1),
  publicClient: z.boolean(),
  /** True if the application is deactivated: it stays registered, but gets no token. */
  disabled: z.boolean().optional(),
  secrets: z.array(secretSchema),
  certificates: z.array(certificateSchema),
  federated: z.array(
    z.strictObject({
      id: guid,
      name: z.string(),
      issuer: z.string(),
      subject: z.string(),
      audience: z.string(),
    }),
  ),
  /** `Role`: application permission. `Scope`: delegated permission. */
  requiredResourceAccess: z.array(
    z.strictObject({ permission: z.string(), type: z.enum(['Role', 'Scope']) }),
  ),
});
export type Application = z.infer<typeof applicationSchema>;

/** An enterprise application, which Microsoft Graph calls a service principal. */
export const servicePrincipalSchema = z.strictObject({
  appId: guid,
  /** The object id that must be given to Exchange, and the token's `oid`. */
  id: guid,
  enabled: z.boolean(),
  /** Microsoft's reason, such as `DisabledDueToViolationOfServicesAgreement`. */
  disabledByMicrosoft: z.string().optional(),
  /** Application permissions with admin consent, such as `IMAP.AccessAsApp`. */
  grantedRoles: z.array(z.string()),
  blockedByConditionalAccess: z.boolean(),
  /**
   * Exchange refuses tokens that were issued before this time, even if they have not expired (continuous access
   * evaluation).
   */
  tokensValidFrom: dateTime.optional(),
});
export type ServicePrincipal = z.infer<typeof servicePrincipalSchema>;

/** An entry of Exchange Online's own list, created by `New-ServicePrincipal`. */
export const exchangeServicePrincipalSchema = z.strictObject({
  appId: guid,
  objectId: guid,
  displayName: z.string(),
  /** When the entry takes effect. Exchange does not know it before that. */
  effectiveFrom: dateTime.optional(),
});
export type ExchangeServicePrincipal = z.infer<typeof exchangeServicePrincipalSchema>;

export const mailboxSchema = z.strictObject({
  /** Primary SMTP address and user principal name. */
  address,
  /** Proxy addresses. They receive mail, but cannot be used to log in. */
  aliases: z.array(address),
  licensed: z.boolean(),
  imapEnabled: z.boolean(),
  popEnabled: z.boolean(),
  /** Object ids of the enterprise applications with FullAccess. */
  fullAccess: z.array(guid),
  /** Object ids of the enterprise applications with `-Deny`, which takes precedence. */
  fullAccessDenied: z.array(guid).optional(),
  messages: z.int().min(0).max(1_000_000),
  /** How the mailbox refuses: with `NO`, or with `OK` and then "authenticated but not connected". */
  refusalShape: z.enum(['no', 'not-connected']),
  /** True if the mailbox is being moved between databases. */
  migrating: z.boolean(),
  /**
   * `on-premises`: moved to the organization's own server. `inactive`: kept only by a hold, after its user was deleted.
   */
  gone: z.enum(['on-premises', 'inactive']).optional(),
  faults: z.strictObject(perProtocol(() => mailboxFaultSchema.optional())),
});
export type Mailbox = z.infer<typeof mailboxSchema>;

export const directorySchema = z.strictObject({
  id: guid,
  domain: z.string().regex(/^[a-z0-9.-]+$/, 'expected a domain such as contoso.example'),
  displayName: z.string().min(1),
  deleted: z.boolean(),
  /** The tenant's cloud, and the cloud whose hosts the sandbox simulates. */
  homeCloud: z.enum(CLOUDS),
  servedCloud: z.enum(CLOUDS),
  /**
   * The object ids of the service principals of Exchange Online and of Graph. `null` if the tenant has no Exchange
   * Online.
   */
  exchangeOnlineId: guid.nullable(),
  graphId: guid,
  tokenLifetimeSeconds: z.int().min(1).max(172_800),
  /** For how long a token is accepted after its end, as servers do whose clocks may differ. 0 if absent. */
  tokenLeewaySeconds: z.int().min(0).max(300).optional(),
  /** If true, IMAP refusals contain `Error="AuthFailed:..."`, as in some tenants. */
  diagnosticTail: z.boolean(),
  /** The app management policy for new credentials. */
  secretPolicy: z
    .strictObject({
      id: guid,
      /** If true, new client secrets are refused. */
      blocked: z.boolean(),
      maxLifetimeDays: z.int().min(1).optional(),
      certificateMaxLifetimeDays: z.int().min(1).optional(),
      /** Client id of the application to which the policy is assigned. If absent, it is the tenant's default policy. */
      assignedTo: guid.optional(),
    })
    .optional(),
  /** The number of entries on a page of Graph. */
  pageSize: z.int().min(1).max(999),
});

export const tenantSchema = directorySchema.extend({
  applications: z.array(applicationSchema),
  servicePrincipals: z.array(servicePrincipalSchema),
  exchangeServicePrincipals: z.array(exchangeServicePrincipalSchema),
  mailboxes: z.array(mailboxSchema),
  faults: faultsSchema,
});
export type Tenant = z.infer<typeof tenantSchema>;
