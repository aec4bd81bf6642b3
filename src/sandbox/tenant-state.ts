/** The sandbox's tenant, which changes while it is served: the ports follow each change. Made by `sandbox.ts`. */
import type { Listener } from './listener.ts';
import type { Tenant } from './tenant.ts';

export interface TenantState {
  readonly tenant: () => Tenant;
  readonly change: (mutate: (tenant: Tenant) => void) => void;
  /** Restores the tenant as it was given. */
  readonly reset: () => void;
  /** These ports open and close with the tenant's faults from now on. */
  readonly follow: (listeners: readonly Listener[]) => void;
}

export function createTenantState(given: Tenant): TenantState {
  let tenant = given;
  const initial = structuredClone(given);
  let following: readonly Listener[] = [];
  const reconcile = (): void => {
    for (const listener of following) listener.reconcile();
  };
  return {
    tenant: () => tenant,
    change: (mutate) => {
      mutate(tenant);
      reconcile();
    },
    reset: () => {
      tenant = structuredClone(initial);
      reconcile();
    },
    follow: (listeners) => {
      following = listeners;
      reconcile();
    },
  };
}
