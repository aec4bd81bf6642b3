/**
 * Holds the sandbox's tenant, which changes at run time. Each change also opens or closes ports. Created by
 * `sandbox.ts`.
 */
import type { Listener } from './listener.ts';
import type { Tenant } from './tenant.ts';

export interface TenantState {
  readonly tenant: () => Tenant;
  readonly change: (mutate: (tenant: Tenant) => void) => void;
  /** Restores the tenant with which the sandbox was started. */
  readonly reset: () => void;
  /** From now on, opens and closes these ports as the tenant's faults require. */
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
