/** Faults of permissions, consent and the service principal in Exchange Online. Rows of the table in `scenarios.ts`. */
import type { Cause } from '../../model/cause.ts';
import { applicationOf } from '../directory.ts';
import { grant, type Scenario, scenario } from '../scenario.ts';
import { daysFromNow } from '../tenant-builder.ts';

const REFUSED_APP: readonly Cause[] = [
  'exchange-sp-not-registered',
  'exchange-sp-wrong-object-id',
  'propagation-delay',
];
const NO_ROLES: readonly Cause[] = ['app-permission-missing', 'admin-consent-missing'];

export const permissionScenarios: readonly Scenario[] = [
  scenario('app-permission-missing', {
    title: 'The application permissions were never added',
    lookAlikes: NO_ROLES,
    apply: (tenant, { app }) => {
      applicationOf(tenant, app).requiredResourceAccess = [];
      grant(tenant, app, []);
    },
  }),
  scenario('app-permission-missing', {
    name: 'delegated-permission-added',
    title: 'Delegated permissions were added in place of application permissions',
    lookAlikes: NO_ROLES,
    apply: (tenant, { app }) => {
      applicationOf(tenant, app).requiredResourceAccess = [
        'IMAP.AccessAsUser.All',
        'POP.AccessAsUser.All',
      ].map((permission) => ({ permission, type: 'Scope' }));
      grant(tenant, app, []);
    },
  }),
  scenario('admin-consent-missing', {
    title: 'The permissions were added, and nobody granted admin consent',
    lookAlikes: NO_ROLES,
    apply: (tenant, { app }) => {
      grant(tenant, app, []);
    },
  }),
  scenario('app-permission-missing', {
    name: 'other-permission-granted',
    title: 'Only full_access_as_app was granted, which is no permission for IMAP or POP3',
    lookAlikes: NO_ROLES,
    apply: (tenant, { app }) => {
      applicationOf(tenant, app).requiredResourceAccess = [
        { permission: 'full_access_as_app', type: 'Role' },
      ];
      grant(tenant, app, ['full_access_as_app']);
    },
  }),
  scenario('app-permission-missing', {
    name: 'imap-permission-missing',
    title: 'The application may use POP3, and not IMAP',
    lookAlikes: NO_ROLES,
    protocols: ['imap'],
    apply: (tenant, { app }) => {
      applicationOf(tenant, app).requiredResourceAccess = [{ permission: 'POP.AccessAsApp', type: 'Role' }];
      grant(tenant, app, ['POP.AccessAsApp']);
    },
  }),
  scenario('app-permission-missing', {
    name: 'pop3-permission-missing',
    title: 'The application may use IMAP, and not POP3',
    lookAlikes: NO_ROLES,
    protocols: ['pop3'],
    apply: (tenant, { app }) => {
      applicationOf(tenant, app).requiredResourceAccess = [{ permission: 'IMAP.AccessAsApp', type: 'Role' }];
      grant(tenant, app, ['IMAP.AccessAsApp']);
    },
  }),
  scenario('exchange-sp-not-registered', {
    title: 'New-ServicePrincipal was never run',
    lookAlikes: REFUSED_APP,
    apply: (tenant, { app }) => {
      const { appId } = applicationOf(tenant, app);
      tenant.exchangeServicePrincipals = tenant.exchangeServicePrincipals.filter(
        (other) => other.appId !== appId,
      );
    },
  }),
  scenario('exchange-sp-wrong-object-id', {
    title: "New-ServicePrincipal was run with the app registration's object id",
    lookAlikes: REFUSED_APP,
    apply: (tenant, { app }) => {
      const { appId, objectId } = applicationOf(tenant, app);
      for (const entry of tenant.exchangeServicePrincipals) {
        if (entry.appId === appId) entry.objectId = objectId;
      }
    },
  }),
  scenario('propagation-delay', {
    title: 'New-ServicePrincipal was run just now and takes an hour to have its effect',
    lookAlikes: REFUSED_APP,
    apply: (tenant, { app }) => {
      const { appId } = applicationOf(tenant, app);
      for (const entry of tenant.exchangeServicePrincipals) {
        if (entry.appId === appId) entry.effectiveFrom = daysFromNow(1 / 24);
      }
    },
  }),
];
