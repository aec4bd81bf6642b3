/**
 * What a tenant must provide for the configuration: per tenant the apps, per app the permissions and the mailboxes with
 * the protocols that must be enabled. Pure; called by `setup-script`, rendered by `data.ts`.
 */
import type { Config } from '../../config/config.ts';
import type { Cloud } from '../../model/microsoft365.ts';
import { PROTOCOL_IDS, roleFor, type Protocol } from '../../model/protocol.ts';
import { credentialLocation, type App, type Credential } from '../../model/target.ts';

export interface TenantPlan {
  readonly tenant: string;
  readonly cloud: Cloud;
  readonly apps: readonly AppPlan[];
}

export interface AppPlan {
  readonly id: string;
  readonly clientId: string;
  readonly credential: Credential['kind'];
  /** `the file /run/secrets/plm`: where the operator puts what an administrator creates. */
  readonly credentialLocation: string;
  /** `IMAP.AccessAsApp`, `POP.AccessAsApp`: only what the mailboxes need. */
  readonly roles: readonly string[];
  readonly mailboxes: readonly MailboxPlan[];
}

export interface MailboxPlan {
  readonly address: string;
  readonly protocols: readonly Protocol[];
}

/** One entry per tenant and cloud, in the order of the configuration. */
export function planSetup(
  { apps, mailboxes }: Pick<Config, 'apps' | 'mailboxes'>,
  chosen: readonly App[] = apps,
): readonly TenantPlan[] {
  const byTenant = Map.groupBy(chosen, ({ tenant, cloud }) => `${tenant.toLowerCase()} ${cloud}`);
  return [...byTenant.values()].flatMap(([first, ...others]) =>
    first === undefined
      ? []
      : [
          {
            tenant: first.tenant,
            cloud: first.cloud,
            apps: [first, ...others].map((app) => planApp(app, mailboxes)),
          },
        ],
  );
}

function planApp(app: App, all: Config['mailboxes']): AppPlan {
  // One mailbox may be watched under two ids, each over its own protocol.
  const byAddress = Map.groupBy(
    all.filter((mailbox) => mailbox.app === app.id),
    ({ address }) => address.toLowerCase(),
  );
  const mailboxes = [...byAddress.values()].map((entries) => ({
    address: entries[0]?.address ?? '',
    protocols: PROTOCOL_IDS.filter((protocol) => entries.some((entry) => entry.protocols.includes(protocol))),
  }));
  const needed = PROTOCOL_IDS.filter((protocol) =>
    mailboxes.some(({ protocols }) => protocols.includes(protocol)),
  );
  return {
    id: app.id,
    clientId: app.clientId,
    credential: app.credential.kind,
    credentialLocation: credentialLocation(app.credential),
    roles: needed.map(roleFor),
    mailboxes,
  };
}
