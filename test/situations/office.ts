/** The tenants of the situations: apps with mailboxes, all of them set up right. */
import { PROTOCOL_IDS } from '../../src/model/protocol.ts';
import type { PlannedCredential, DemoPlan } from '../../src/sandbox/plan.ts';
import { addApplication, addMailbox, createTenant } from '../../src/sandbox/tenant-builder.ts';
import type { Application, Mailbox, ServicePrincipal, Tenant } from '../../src/sandbox/tenant.ts';

export interface Office {
  readonly tenant: Tenant;
  readonly plan: DemoPlan;
}

export interface OfficeOptions {
  readonly apps?: number;
  readonly mailboxes?: number;
  readonly roles?: readonly string[];
  readonly protocols?: DemoPlan['watch'][number]['protocols'];
  /** In place of the secret. */
  readonly credential?: PlannedCredential;
}

/** `app-1` with `box-1-1`, `box-1-2`, ... */
export function anOffice(options: OfficeOptions = {}): Office {
  const { apps = 1, mailboxes = 2, roles, protocols = PROTOCOL_IDS, credential } = options;
  const tenant = createTenant();
  tenant.tokenLifetimeSeconds = 3600;
  const planned = numbers(apps).map((number) => {
    const { application, secret } = addApplication(tenant, {
      displayName: `App ${number}`,
      ...(roles === undefined ? {} : { roles }),
    });
    return {
      id: `app-${number}`,
      appId: application.appId,
      credential: credential ?? ({ kind: 'secret', value: secret.value } as const),
      expiresAt: '2099-01-01',
    };
  });
  const watch = planned.flatMap(({ id, appId }, at) =>
    numbers(mailboxes).map((number) => {
      const name = `box-${at + 1}-${number}`;
      addMailbox(tenant, `${name}@contoso.example`, [appId]);
      return { id: name, address: `${name}@contoso.example`, app: id, protocols };
    }),
  );
  return { tenant, plan: { apps: planned, watch } };
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, at) => at + 1);
}

export function principalOf(tenant: Tenant, at = 0): ServicePrincipal {
  return present(tenant.servicePrincipals[at]);
}

export function applicationOf(tenant: Tenant, at = 0): Application {
  return present(tenant.applications[at]);
}

export function mailboxOf(tenant: Tenant, at = 0): Mailbox {
  return present(tenant.mailboxes[at]);
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the office has no such part');
  return value;
}
