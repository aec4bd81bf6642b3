/**
 * The faults that the hosts of a tenant and the network can have. A wrong permission or secret is not such a fault.
 * `listener.ts` reads the faults of the network, and the front ends read the others.
 */
import { z } from 'zod';
import { perProtocol } from '../model/protocol.ts';

const milliseconds = z.int().min(0).max(3_600_000);
const seconds = z.int().min(0).max(86_400);

/** Faults of the network in front of a host, the same for every front end. */
export const NETWORK_FAULTS = [
  /** Nothing listens. */
  'refuse',
  /** TCP opens, and no byte follows. */
  'hang',
  /** TCP opens and is reset. */
  'reset',
  /** Plain text on the TLS port. */
  'plaintext',
  /** A certificate of an untrusted authority, as with TLS inspection. */
  'untrusted-certificate',
  'expired-certificate',
  /** A certificate for another host. */
  'wrong-name-certificate',
] as const;
export type NetworkFault = (typeof NETWORK_FAULTS)[number];

export const entraFaultSchema = z.strictObject({
  kind: z.enum([
    'healthy',
    ...NETWORK_FAULTS,
    /** Accepts the request and never answers. */
    'silent',
    'slow',
    /** 429 in plain text, with Retry-After. */
    'throttled',
    /** AADSTS50196: the same token was requested too often. */
    'request-loop',
    /** 5xx with AADSTS90033. */
    'unavailable',
    /** A proxy's page instead of Entra. */
    'proxy-html',
    /** 200 with an empty JSON object. */
    'empty',
    /** AADSTS500021: a proxy on the way adds `Restrict-Access-To-Tenants`. */
    'tenant-restrictions',
  ]),
  delayMs: milliseconds.optional(),
  retryAfterSeconds: seconds.optional(),
  /** If set, the fault applies only to every n-th token request, and to no other request. */
  every: z.int().min(2).max(1000).optional(),
  /** The HTTP status of `unavailable` (503 by default) and `proxy-html` (407 by default). */
  status: z.int().min(200).max(599).optional(),
});
export type EntraFault = z.infer<typeof entraFaultSchema>;

export const graphFaultSchema = z.strictObject({
  kind: z.enum([
    'healthy',
    ...NETWORK_FAULTS,
    'silent',
    'slow',
    /** 403, independent of granted permissions. */
    'forbidden',
    'throttled',
    'unavailable',
    /** 200 with JSON that is not Graph's. */
    'nonsense',
    /** Every page has a link to a next page. */
    'endless-pages',
  ]),
  delayMs: milliseconds.optional(),
  retryAfterSeconds: seconds.optional(),
  status: z.int().min(200).max(599).optional(),
});
export type GraphFault = z.infer<typeof graphFaultSchema>;

export const MAIL_FAULTS = [
  'healthy',
  /** Stalls at login: accepts the credentials and never answers. */
  'silent-at-login',
  /** Hangs up at login without a reply. */
  'drop-at-login',
  /** The login works, but takes long. */
  'slow',
  'throttled',
  'unavailable-at-login',
  'unavailable-at-open',
  /** The login works. The next command ends the session: `BYE Connection is closed. 13`. */
  'session-closed',
  /** The login works. The next command ends the session: `BYE Session invalidated - AccessTokenExpired`. */
  'session-invalidated',
] as const;

/** A fault that one mailbox can have. */
export const mailboxFaultSchema = z.strictObject({
  kind: z.enum(MAIL_FAULTS),
  backoffMs: milliseconds.optional(),
  /** For `slow`: 15 seconds by default. */
  delayMs: milliseconds.optional(),
});
export type MailboxFault = z.infer<typeof mailboxFaultSchema>;

/** A fault of a whole mail front end. */
export const mailFaultSchema = z.strictObject({
  kind: z.enum([
    ...MAIL_FAULTS,
    ...NETWORK_FAULTS,
    /** Completes TLS and never greets. */
    'silent',
    /** Greets with BYE or -ERR and hangs up. */
    'bye',
    /** Greets with the other mail protocol, as on a wrong port. */
    'other-protocol',
    'garbage',
  ]),
  backoffMs: milliseconds.optional(),
  delayMs: milliseconds.optional(),
});
export type MailFault = z.infer<typeof mailFaultSchema>;

export const faultsSchema = z.strictObject({
  entra: entraFaultSchema,
  graph: graphFaultSchema,
  ...perProtocol(() => mailFaultSchema),
  /** How far the clock of the simulated servers is ahead of this machine's clock. */
  clockSkewSeconds: z.int().min(-315_360_000).max(315_360_000),
});
export type Faults = z.infer<typeof faultsSchema>;
