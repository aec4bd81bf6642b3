/** Faults of credentials: secrets, certificates, clocks. Rows of the table in `scenarios.ts`. */
import { applicationOf, servicePrincipalOf } from '../directory.ts';
import { type Scenario, scenario } from '../scenario.ts';
import { createSecret, daysFromNow } from '../tenant-builder.ts';

export const credentialScenarios: readonly Scenario[] = [
  scenario('secret-expired', {
    title: 'The client secret is past its end date',
    credential: 'secret',
    apply: (tenant, { app }) => {
      for (const secret of applicationOf(tenant, app).secrets) secret.endDateTime = daysFromNow(-2);
    },
  }),
  scenario('secret-expiring', {
    title: 'The client secret ends in five days',
    credential: 'secret',
    probes: 'succeed',
    graph: true,
    apply: (tenant, { app }) => {
      for (const secret of applicationOf(tenant, app).secrets) secret.endDateTime = daysFromNow(5);
    },
  }),
  scenario('secret-invalid', {
    name: 'secret-deleted',
    title: 'The client secret was deleted and another one made',
    credential: 'secret',
    apply: (tenant, { app }) => {
      applicationOf(tenant, app).secrets = [createSecret('made later')];
    },
  }),
  scenario('secret-renewal-blocked', {
    title: 'A policy of the tenant forbids new client secrets, and the one in use ends in forty days',
    credential: 'secret',
    probes: 'succeed',
    graph: true,
    apply: (tenant, { app }) => {
      for (const secret of applicationOf(tenant, app).secrets) secret.endDateTime = daysFromNow(40);
      servicePrincipalOf(tenant, app).grantedRoles.push('Policy.Read.All');
      tenant.secretPolicy = { id: '77777777-0000-4000-8000-000000000007', blocked: true };
    },
  }),
  scenario('client-type-mismatch', {
    title: 'The registration is a public client',
    apply: (tenant, { app }) => {
      applicationOf(tenant, app).publicClient = true;
    },
  }),
  scenario('cert-credential-invalid', {
    name: 'certificate-not-registered',
    title: 'The certificate is not uploaded to the app registration',
    credential: 'certificate',
    apply: (tenant, { app }) => {
      applicationOf(tenant, app).certificates = [];
    },
  }),
  scenario('cert-credential-invalid', {
    name: 'certificate-expired',
    title: 'The uploaded certificate is past its end date',
    credential: 'certificate',
    apply: (tenant, { app }) => {
      for (const certificate of applicationOf(tenant, app).certificates) {
        certificate.endDateTime = daysFromNow(-2);
      }
    },
  }),
  scenario('clock-skew', {
    title: "This machine's clock is two hours behind; a secret does not care",
    credential: 'secret',
    probes: 'succeed',
    apply: (tenant) => {
      tenant.faults.clockSkewSeconds = 7200;
    },
  }),
  scenario('clock-skew', {
    name: 'clock-skew-assertion',
    title: "This machine's clock is two hours behind, and its assertions are out of date when they arrive",
    lookAlikes: ['assertion-time-invalid'],
    credential: 'certificate',
    apply: (tenant) => {
      tenant.faults.clockSkewSeconds = 7200;
    },
  }),
];
