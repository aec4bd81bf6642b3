/**
 * What the simulated cmdlets of Exchange Online do to the sandbox's tenant. As in life, an `-Identity` of
 * Get-ServicePrincipal that is not found returns all entries, an alias finds its mailbox, and a permission is given
 * to entries of Exchange's own list only.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { ExchangeServicePrincipal, Mailbox, Tenant } from '../../src/sandbox/tenant.ts';
import { type Call, type Effect, Refusal, same, textOf } from './effect.ts';

const ENVIRONMENTS: Readonly<Record<Tenant['servedCloud'], string>> = {
  global: 'O365Default',
  'gcc-high': 'O365USGovGCCHigh',
  dod: 'O365USGovDoD',
  china: 'O365China',
};

function guidOf(name: string): string {
  return createHash('sha256')
    .update(name)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}

function sidOf({ objectId }: ExchangeServicePrincipal): string {
  return `S-1-5-21-1004336348-1177238915-682003330-${Number.parseInt(objectId.slice(0, 6), 16)}`;
}

function mustBeConnected({ window, tenant }: Call): void {
  if (window.exchange === undefined) {
    throw new Refusal(
      'You must call the Connect-ExchangeOnline cmdlet before calling any other cmdlets.',
      true,
    );
  }
  if (window.exchange.tenant !== tenant.id) throw new Refusal('signed in to another tenant');
}

function mailboxesNamed({ tenant }: Call, name: string): readonly Mailbox[] {
  return tenant.mailboxes.filter(({ address, aliases }) =>
    [address, guidOf(address), ...aliases].some((known) => same(known, name)),
  );
}

function mailboxNamed(call: Call): Mailbox {
  mustBeConnected(call);
  const name = textOf(call, 'Identity');
  const [found] = mailboxesNamed(call, name);
  if (found !== undefined) return found;
  throw new Refusal(
    `Ex6F9304|Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException|The operation couldn't be performed because object '${name}' couldn't be found.`,
  );
}

function registered(call: Call): readonly ExchangeServicePrincipal[] {
  mustBeConnected(call);
  return call.tenant.exchangeServicePrincipals.filter(
    ({ objectId }) => !call.isHidden(`exchange ${objectId}`),
  );
}

function isNamed(entry: ExchangeServicePrincipal, name: string): boolean {
  return [entry.objectId, entry.appId, entry.displayName, guidOf(entry.objectId), sidOf(entry)].some(
    (known) => same(known, name),
  );
}

function shownEntry(entry: ExchangeServicePrincipal): object {
  return {
    Identity: guidOf(entry.objectId),
    Name: guidOf(entry.objectId),
    DisplayName: entry.displayName,
    AppId: entry.appId,
    ObjectId: entry.objectId,
    Sid: sidOf(entry),
  };
}

function trusteeOf(call: Call): ExchangeServicePrincipal {
  const name = textOf(call, 'User');
  const found = registered(call).find((entry) => isNamed(entry, name));
  if (found !== undefined) return found;
  throw new Refusal(
    `Ex6F9304|Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException|The operation couldn't be performed because object '${name}' couldn't be found.`,
  );
}

function permissionsOf({ tenant }: Call, mailbox: Mailbox): readonly object[] {
  const entry = (User: string, Deny: boolean, UserSid: string) => ({
    Identity: guidOf(mailbox.address),
    User,
    UserSid,
    AccessRights: ['FullAccess'],
    IsInherited: false,
    Deny,
  });
  const named = (objectId: string, deny: boolean) => {
    const known = tenant.exchangeServicePrincipals.find((each) => same(each.objectId, objectId));
    // Exchange shows an entry whose trustee is gone by its SID.
    return entry(known?.displayName ?? `S-1-5-21-${objectId}`, deny, known === undefined ? '' : sidOf(known));
  };
  return [
    entry('NT AUTHORITY\\SELF', false, 'S-1-5-10'),
    ...mailbox.fullAccess.map((objectId) => named(objectId, false)),
    ...(mailbox.fullAccessDenied ?? []).map((objectId) => named(objectId, true)),
  ];
}

const connect: Effect = (call) => {
  const { tenant, situation, window } = call;
  const environment = textOf(call, 'ExchangeEnvironmentName') || 'O365Default';
  if (situation.exchangeSignIn !== undefined) throw new Refusal(situation.exchangeSignIn, true);
  if (situation.modulesCollide === true && window.usedGraph) {
    throw new Refusal('Object reference not set to an instance of an object.', true);
  }
  if (environment !== ENVIRONMENTS[tenant.servedCloud]) {
    throw new Refusal(`AADSTS90002: no tenant of this account in ${environment}.`, true);
  }
  const organization = textOf(call, 'DelegatedOrganization');
  const own = organization === tenant.id || organization === tenant.domain ? tenant.id : undefined;
  const reached =
    situation.partner === true ? (own ?? randomUUID()) : (situation.exchangeTenant ?? tenant.id);
  window.exchange = { tenant: reached, user: textOf(call, 'UserPrincipalName') || `admin@${tenant.domain}` };
  return { connected: true };
};

const addPermission: Effect = async (call) => {
  const mailbox = mailboxNamed(call);
  const { objectId } = trusteeOf(call);
  if (mailbox.fullAccess.some((id) => same(id, objectId))) {
    return { warnings: ['The appropriate access control entry is already present on the object.'] };
  }
  await call.control('PATCH', `/mailboxes/${encodeURI(mailbox.address)}`, {
    fullAccess: [...mailbox.fullAccess, objectId],
  });
  return {
    output: [{ Identity: mailbox.address, User: objectId, AccessRights: ['FullAccess'], Deny: false }],
  };
};

const register: Effect = async (call) => {
  const appId = textOf(call, 'AppId');
  if (registered(call).some((entry) => same(entry.appId, appId))) {
    throw new Refusal(`The service principal with AppId '${appId}' already exists.`);
  }
  const entry = { appId, objectId: textOf(call, 'ObjectId'), displayName: textOf(call, 'DisplayName') };
  await call.control('PUT', `/exchange-service-principals/${appId}`, entry);
  call.hide(`exchange ${entry.objectId}`);
  return { output: [shownEntry(entry)] };
};

export const EXCHANGE_EFFECTS: Readonly<Record<string, Effect>> = {
  'Connect-ExchangeOnline': connect,
  'Disconnect-ExchangeOnline': ({ window }) => {
    delete window.exchange;
    return { connected: false };
  },
  'Get-ConnectionInformation': ({ window }) =>
    window.exchange === undefined
      ? {}
      : {
          output: [
            { State: 'Connected', UserPrincipalName: window.exchange.user, TenantID: window.exchange.tenant },
          ],
        },
  'Get-AcceptedDomain': (call) => ({
    output: [
      {
        DomainName: call.window.exchange?.tenant === call.tenant.id ? call.tenant.domain : 'fabrikam.example',
      },
    ],
  }),
  'Get-ServicePrincipal': (call) => {
    const name = textOf(call, 'Identity');
    const all = registered(call);
    const found = all.filter((entry) => isNamed(entry, name));
    return { output: (found.length === 0 ? all : found).map(shownEntry) };
  },
  'New-ServicePrincipal': register,
  'Remove-ServicePrincipal': async (call) => {
    const name = textOf(call, 'Identity');
    const found = registered(call).find((entry) => isNamed(entry, name));
    if (found === undefined)
      throw new Refusal(`The operation couldn't be performed because object '${name}' couldn't be found.`);
    await call.control('DELETE', `/exchange-service-principals/${found.appId}`);
    return {};
  },
  'Get-EXOMailbox': (call) => {
    if (call.parameters.SoftDeletedMailbox === true) {
      mustBeConnected(call);
      throw new Refusal('no soft-deleted mailbox of this name');
    }
    const { address, aliases } = mailboxNamed(call);
    return {
      output: [
        {
          Guid: guidOf(address),
          RecipientTypeDetails: 'UserMailbox',
          PrimarySmtpAddress: address,
          UserPrincipalName: address,
          EmailAddresses: [`SMTP:${address}`, ...aliases.map((alias) => `smtp:${alias}`)],
        },
      ],
    };
  },
  'Get-MailboxPermission': (call) => {
    const mailbox = mailboxNamed(call);
    if (call.parameters.User !== undefined) {
      throw new Refusal(
        `The operation couldn't be performed because object '${textOf(call, 'User')}' couldn't be found: users and security groups only.`,
      );
    }
    return { output: permissionsOf(call, mailbox) };
  },
  'Get-EXOMailboxPermission': (call) => ({ output: permissionsOf(call, mailboxNamed(call)) }),
  'Add-MailboxPermission': addPermission,
  'Remove-MailboxPermission': async (call) => {
    const mailbox = mailboxNamed(call);
    const { objectId } = trusteeOf(call);
    await call.control('PATCH', `/mailboxes/${encodeURI(mailbox.address)}`, {
      fullAccess: mailbox.fullAccess.filter((id) => !same(id, objectId)),
    });
    return {};
  },
  'Get-CASMailbox': (call) => {
    const { imapEnabled, popEnabled, address } = mailboxNamed(call);
    return {
      output: [
        {
          PrimarySmtpAddress: address,
          ImapEnabled: imapEnabled,
          PopEnabled: popEnabled,
          SmtpClientAuthenticationDisabled: null,
        },
      ],
    };
  },
  'Set-CASMailbox': async (call) => {
    const { address } = mailboxNamed(call);
    const { ImapEnabled, PopEnabled } = call.parameters;
    await call.control('PATCH', `/mailboxes/${encodeURI(address)}`, {
      ...(typeof ImapEnabled === 'boolean' ? { imapEnabled: ImapEnabled } : {}),
      ...(typeof PopEnabled === 'boolean' ? { popEnabled: PopEnabled } : {}),
    });
    return {};
  },
};
