/**
 * The lists of a tenant that the control API changes entry by entry. Finds, validates, replaces and removes entries.
 */
import type { z } from 'zod';
import { SandboxInputError, same } from './directory.ts';
import {
  applicationSchema,
  exchangeServicePrincipalSchema,
  mailboxSchema,
  servicePrincipalSchema,
  type Tenant,
} from './tenant.ts';

export interface Collection {
  /** Returns the keys of the entries: client ids or addresses, as in the path. */
  readonly keys: (tenant: Tenant) => readonly string[];
  readonly find: (tenant: Tenant, key: string) => object | undefined;
  /** Adds or replaces an entry. Throws `ZodError` or `SandboxInputError` before changing anything. */
  readonly put: (tenant: Tenant, key: string, value: unknown) => void;
  readonly remove: (tenant: Tenant, key: string) => void;
  readonly partial: z.ZodType<object>;
}

export const COLLECTIONS: Readonly<Record<string, Collection>> = {
  applications: collection((tenant) => tenant.applications, 'appId', applicationSchema),
  'service-principals': collection((tenant) => tenant.servicePrincipals, 'appId', servicePrincipalSchema),
  'exchange-service-principals': collection(
    (tenant) => tenant.exchangeServicePrincipals,
    'appId',
    exchangeServicePrincipalSchema,
  ),
  mailboxes: collection((tenant) => tenant.mailboxes, 'address', mailboxSchema),
};

function collection<S extends z.ZodObject>(
  list: (tenant: Tenant) => z.infer<S>[],
  keyName: 'appId' | 'address',
  schema: S,
): Collection {
  const keyOf = (entry: z.infer<S>): string => String(entry[keyName]);
  const indexOf = (tenant: Tenant, key: string): number =>
    list(tenant).findIndex((entry) => same(keyOf(entry), key));
  return {
    keys: (tenant) => list(tenant).map(keyOf),
    find: (tenant, key) => list(tenant)[indexOf(tenant, key)],
    put: (tenant, key, value) => {
      const entry = schema.parse(value);
      if (!same(keyOf(entry), key)) {
        throw new SandboxInputError(`expected ${keyName} to be ${JSON.stringify(key)}, as in the path`);
      }
      const at = indexOf(tenant, key);
      if (at === -1) list(tenant).push(entry);
      else list(tenant)[at] = entry;
    },
    remove: (tenant, key) => {
      const at = indexOf(tenant, key);
      if (at !== -1) list(tenant).splice(at, 1);
    },
    partial: schema.partial(),
  };
}
