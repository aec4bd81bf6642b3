/**
 * Plans what each tenant must provide for the configuration: its apps, the permissions and mailboxes of each app, and
 * the protocols that must be enabled for each mailbox. Pure. Called by `setup-script`, rendered by `data.ts` and
 * `rollback.ts`.
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
  /** Where the operator puts the credential that an administrator creates: `the file /run/secrets/plm`. */
  readonly credentialLocation: string;
  /** The permissions that the mailboxes need: `IMAP.AccessAsApp`, `POP.AccessAsApp`, or both. */
  readonly roles: readonly string[];
  readonly mailboxes: readonly MailboxPlan[];
}

export interface MailboxPlan {
  readonly address: string;
  readonly protocols: readonly Protocol[];
}

/** Returns one entry per tenant and cloud, in the order of the configuration. */
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
