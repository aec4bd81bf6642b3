/**
 * Graph's app management policies, made from the tenant's `secretPolicy`: the default one, which every tenant has, and
 * the one that is assigned to an application. Called by `graph-resource.ts`.
 */
import { same } from './directory.ts';
import type { Tenant } from './tenant.ts';

type Policy = Readonly<Record<string, unknown>>;

export const POLICY_READERS: readonly string[] = [
  'Policy.Read.All',
  'Policy.Read.ApplicationConfiguration',
  'Policy.ReadWrite.ApplicationConfiguration',
];

export function defaultPolicy({ secretPolicy: policy }: Tenant): Policy {
  const isDefault = policy !== undefined && policy.assignedTo === undefined;
  return {
    id: '00000000-0000-0000-0000-000000000000',
    displayName: 'Default app management tenant policy',
    description: 'Default tenant policy that enforces app management restrictions.',
    isEnabled: isDefault,
    applicationRestrictions: restrictionsOf(isDefault ? policy : undefined),
    servicePrincipalRestrictions: restrictionsOf(undefined),
  };
}

/** Returns the policy that is assigned to this application, at most one. */
export function assignedPolicies({ secretPolicy: policy }: Tenant, appId: string): Policy[] {
  if (policy?.assignedTo === undefined || !same(policy.assignedTo, appId)) return [];
  return [
    {
      id: policy.id,
      displayName: 'Mail applications',
      description: '',
      isEnabled: true,
      restrictions: restrictionsOf(policy),
    },
  ];
}

function restrictionsOf(policy: Tenant['secretPolicy']): Policy {
  const { blocked = false, maxLifetimeDays, certificateMaxLifetimeDays } = policy ?? {};
  return {
    passwordCredentials: [
      ...(blocked ? [restriction('passwordAddition')] : []),
      ...(maxLifetimeDays === undefined ? [] : [restriction('passwordLifetime', maxLifetimeDays)]),
    ],
    keyCredentials:
      certificateMaxLifetimeDays === undefined
        ? []
        : [restriction('asymmetricKeyLifetime', certificateMaxLifetimeDays)],
  };
}

function restriction(restrictionType: string, days?: number): Policy {
  return {
    restrictionType,
    state: 'enabled',
    maxLifetime: days === undefined ? null : `P${days}D`,
    restrictForAppsCreatedAfterDateTime: null,
  };
}
