/** Faults of application, enterprise application and tenant. Rows of the table in `scenarios.ts`. */
import { applicationOf, servicePrincipalOf } from '../directory.ts';
import { entraFault, type Scenario, scenario } from '../scenario.ts';

export const directoryScenarios: readonly Scenario[] = [
  scenario('app-not-found', {
    title: 'The app registration was deleted',
    apply: (tenant, { app }) => {
      const { appId } = applicationOf(tenant, app);
      tenant.applications = tenant.applications.filter((other) => other.appId !== appId);
      tenant.servicePrincipals = tenant.servicePrincipals.filter((other) => other.appId !== appId);
    },
  }),
  scenario('app-disabled', {
    title: 'The enterprise application is disabled',
    apply: (tenant, { app }) => {
      servicePrincipalOf(tenant, app).enabled = false;
    },
  }),
  scenario('app-disabled', {
    name: 'app-disabled-by-microsoft',
    title: 'Microsoft disabled the application',
    apply: (tenant, { app }) => {
      servicePrincipalOf(tenant, app).disabledByMicrosoft = 'DisabledDueToViolationOfServicesAgreement';
    },
  }),
  scenario('sp-missing-in-tenant', {
    title: 'The app registration has no enterprise application',
    apply: (tenant, { app }) => {
      const { id } = servicePrincipalOf(tenant, app);
      tenant.servicePrincipals = tenant.servicePrincipals.filter((other) => other.id !== id);
    },
  }),
  scenario('tenant-not-found', {
    title: 'The tenant does not exist',
    lookAlikes: ['national-cloud-mismatch', 'token-service-transient'],
    apply: (tenant) => {
      tenant.deleted = true;
    },
  }),
  scenario('national-cloud-mismatch', {
    title: 'The tenant lives in another cloud',
    apply: (tenant) => {
      tenant.homeCloud = tenant.servedCloud === 'gcc-high' ? 'global' : 'gcc-high';
    },
  }),
  scenario('resource-not-found', {
    title: 'The tenant has no Exchange Online',
    apply: (tenant) => {
      tenant.exchangeOnlineId = null;
    },
  }),
  scenario('conditional-access-blocked', {
    title: 'A Conditional Access policy for workload identities blocks the application',
    apply: (tenant, { app }) => {
      servicePrincipalOf(tenant, app).blockedByConditionalAccess = true;
    },
  }),
  scenario('conditional-access-blocked', {
    name: 'tenant-restrictions',
    title: 'A proxy on the way restricts the tenants that may be used',
    apply: entraFault({ kind: 'tenant-restrictions' }),
  }),
];
