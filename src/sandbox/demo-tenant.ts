/**
 * The tenant of `npm run demo`: one healthy application, and others that are each broken in a different way. Client ids
 * are fixed, so that the documentation can name them. Secrets are random. Used by the commands `demo` and `sandbox`.
 */
import type { DemoPlan, PlannedApp, PlannedMailbox } from './plan.ts';
import {
  addApplication,
  type AddedApplication,
  addMailbox,
  createTenant,
  daysFromNow,
} from './tenant-builder.ts';
import type { Mailbox, Tenant } from './tenant.ts';

interface DemoApp {
  readonly id: string;
  readonly appId: string;
  readonly displayName: string;
  readonly owner: string;
  readonly graph?: boolean;
  readonly mailboxes: readonly DemoMailbox[];
  /** Adds the fault to `added`, which is healthy until then. */
  readonly breakIt?: (tenant: Tenant, added: AddedApplication) => void;
  /** Returns what mailprobe sends as the client secret. By default, that is the value of the secret. */
  readonly presents?: (added: AddedApplication) => string;
}

interface DemoMailbox {
  readonly id: string;
  readonly address: string;
  readonly team: string;
  readonly changes?: Partial<Mailbox>;
}

const APPS: readonly DemoApp[] = [
  {
    id: 'plm',
    appId: 'a0000001-0000-4000-8000-000000000001',
    displayName: 'PLM Inbox',
    owner: 'it-operations',
    graph: true,
    mailboxes: [
      { id: 'qms-inbox', address: 'qms@contoso.example', team: 'quality' },
      { id: 'changes', address: 'changes@contoso.example', team: 'engineering' },
      { id: 'purchasing', address: 'purchasing@contoso.example', team: 'purchasing' },
      // Add-MailboxPermission was never run for this mailbox.
      { id: 'sales', address: 'sales@contoso.example', team: 'sales', changes: { fullAccess: [] } },
      // IMAP is switched off, POP3 works.
      { id: 'lab', address: 'lab@contoso.example', team: 'quality', changes: { imapEnabled: false } },
    ],
  },
  {
    id: 'suppliers',
    appId: 'a0000002-0000-4000-8000-000000000002',
    displayName: 'Supplier Portal',
    owner: 'purchasing-it',
    mailboxes: [
      { id: 'suppliers', address: 'suppliers@contoso.example', team: 'purchasing' },
      { id: 'billing', address: 'billing@contoso.example', team: 'finance' },
    ],
    breakIt: (_tenant, { secret }) => {
      secret.endDateTime = daysFromNow(-1);
    },
  },
  {
    id: 'complaints',
    appId: 'a0000003-0000-4000-8000-000000000003',
    displayName: 'Complaint Handling',
    owner: 'quality-systems',
    graph: true,
    mailboxes: [{ id: 'complaints', address: 'complaints@contoso.example', team: 'quality' }],
    // The Secret ID was copied, not the Value.
    presents: ({ secret }) => secret.keyId,
  },
  {
    id: 'invoices',
    appId: 'a0000004-0000-4000-8000-000000000004',
    displayName: 'Invoice Reader',
    owner: 'finance-it',
    mailboxes: [{ id: 'invoices', address: 'invoices@fabrikam.example', team: 'finance' }],
    // The permissions were added without admin consent.
    breakIt: (_tenant, { servicePrincipal }) => {
      servicePrincipal.grantedRoles = [];
    },
  },
  {
    id: 'careers',
    appId: 'a0000005-0000-4000-8000-000000000005',
    displayName: 'Applicant Tracking',
    owner: 'hr-it',
    mailboxes: [
      { id: 'careers', address: 'careers@contoso.example', team: 'hr' },
      { id: 'training', address: 'training@contoso.example', team: 'hr' },
    ],
    // New-ServicePrincipal was never run.
    breakIt: (tenant, { exchangeServicePrincipal }) => {
      tenant.exchangeServicePrincipals = tenant.exchangeServicePrincipals.filter(
        (entry) => entry !== exchangeServicePrincipal,
      );
    },
  },
  {
    id: 'helpdesk',
    appId: 'a0000006-0000-4000-8000-000000000006',
    displayName: 'Fabrikam Help Desk',
    owner: 'it-operations',
    mailboxes: [
      { id: 'helpdesk', address: 'helpdesk@fabrikam.example', team: 'support' },
      {
        id: 'support',
        address: 'support@fabrikam.example',
        team: 'support',
        changes: {
          faults: {
            imap: { kind: 'throttled', backoffMs: 92_415 },
            pop3: { kind: 'throttled', backoffMs: 92_415 },
          },
        },
      },
      {
        id: 'returns',
        address: 'returns@fabrikam.example',
        team: 'support',
        changes: { licensed: false, refusalShape: 'not-connected' },
      },
    ],
  },
  {
    id: 'archive',
    appId: 'a0000007-0000-4000-8000-000000000007',
    displayName: 'Archive',
    owner: 'it-operations',
    graph: true,
    mailboxes: [{ id: 'archive', address: 'archive@contoso.example', team: 'it' }],
    // Healthy, but the secret expires soon.
    breakIt: (_tenant, { secret }) => {
      secret.endDateTime = daysFromNow(5);
    },
  },
];

export function createDemoTenant(): { readonly tenant: Tenant; readonly plan: DemoPlan } {
  const tenant = createTenant({
    id: '5a4db0c5-0000-4000-8000-51b0a7ed0000',
    domain: 'contoso.example',
    displayName: 'Contoso (simulated)',
  });
  const apps = APPS.map((demo): PlannedApp => {
    const added = addApplication(tenant, {
      appId: demo.appId,
      displayName: demo.displayName,
      graph: demo.graph ?? false,
    });
    for (const { address, changes } of demo.mailboxes) addMailbox(tenant, address, [demo.appId], changes);
    demo.breakIt?.(tenant, added);
    return {
      id: demo.id,
      appId: demo.appId,
      credential: { kind: 'secret', value: demo.presents?.(added) ?? added.secret.value },
      graph: demo.graph ?? false,
      owner: demo.owner,
    };
  });
  const watch = APPS.flatMap((demo) =>
    demo.mailboxes.map(
      ({ id, address, team }): PlannedMailbox => ({ id, address, app: demo.id, labels: { team } }),
    ),
  );
  return { tenant, plan: { apps, watch } };
}
