/** Situations of mailboxes and of the service. */
import type { Config } from '../../src/config/config.ts';
import { mailFault, mailboxFault } from '../../src/sandbox/scenario.ts';
import type { Mailbox } from '../../src/sandbox/tenant.ts';
import { anOffice, mailboxOf } from './office.ts';
import { reportedAt, type Situation } from './situation.ts';

const HOUR = 3_600_000;

/** In Exchange's extended answer, which some tenants get, there is no recipient. */
function gone(name: string, where: Mailbox['gone'], diagnosticTail: boolean, reported: string): Situation {
  return {
    name,
    office: () => {
      const office = anOffice({ protocols: ['imap'] });
      office.tenant.diagnosticTail = diagnosticTail;
      return office;
    },
    play: async (stage) => {
      await stage.round();
      stage.sandbox.change((tenant) => {
        mailboxOf(tenant).gone = where;
      });
      stage.later(HOUR / 4);
      await stage.settle();
      return [reportedAt(stage)];
    },
    story: [reported],
    listed: ['mailbox-not-found-or-unlicensed'],
    downs: 1,
  };
}

/** The second app's tenant; to the sandbox both are one, by its id and by its domain. */
function twoTenants(config: Config): Config {
  const moved = config.apps.map((app) => (app.id === 'app-2' ? { ...app, tenant: 'contoso.example' } : app));
  const targets = config.targets.map((target) => ({
    ...target,
    app: moved.find(({ id }) => id === target.app.id) ?? target.app,
  }));
  return { ...config, apps: moved, targets };
}

export const MAILBOX_SITUATIONS: readonly Situation[] = [
  {
    name: 'a mailbox is in transit, and then its logins are slow',
    office: () => anOffice({ protocols: ['imap'] }),
    play: async (stage) => {
      await stage.round();
      stage.sandbox.change((tenant) => {
        mailboxOf(tenant).migrating = true;
      });
      stage.later(HOUR / 4);
      await stage.settle();
      const reported = [reportedAt(stage)];
      stage.sandbox.change((tenant) => {
        mailboxOf(tenant).migrating = false;
        mailboxFault({ kind: 'slow', delayMs: 300 }, mailboxOf(tenant));
      });
      stage.later(HOUR / 4);
      await stage.round();
      return [...reported, reportedAt(stage)];
    },
    story: ['exchange-transient; open: exchange-transient (mailbox)', 'opens'],
    downs: 1,
  },
  {
    name: 'every login takes long, and works within the timeout',
    office: () => anOffice(),
    play: async (stage) => {
      stage.sandbox.change((tenant) => {
        mailFault({ kind: 'slow', delayMs: 300 })(tenant, { app: '', mailbox: '' });
      });
      await stage.round();
      return [reportedAt(stage)];
    },
    story: ['opens'],
    downs: 0,
  },
  {
    name: 'a second tenant has an incident of its own',
    office: () => anOffice({ apps: 2 }),
    options: { adjust: twoTenants },
    play: async (stage) => {
      await stage.round();
      stage.sandbox.change((tenant) => {
        for (const at of [2, 3]) mailboxFault({ kind: 'unavailable-at-login' }, mailboxOf(tenant, at));
      });
      stage.later(HOUR / 4);
      await stage.settle();
      return [reportedAt(stage), reportedAt(stage, 'box-2-1')];
    },
    story: ['opens; open: exchange-transient (app)', 'exchange-transient; open: exchange-transient (app)'],
    listed: ['service-incident'],
    downs: 4,
  },
  gone(
    'a mailbox is turned on-premises',
    'on-premises',
    false,
    'mailbox-permission-missing; open: mailbox-permission-missing (mailbox)',
  ),
  gone(
    'a mailbox is turned on-premises, and the server says that there is no recipient',
    'on-premises',
    true,
    'mailbox-not-found-or-unlicensed; open: mailbox-not-found-or-unlicensed (mailbox)',
  ),
  gone(
    'only a hold keeps a mailbox',
    'inactive',
    false,
    'mailbox-permission-missing; open: mailbox-permission-missing (mailbox)',
  ),
  {
    name: 'ten apps of fifty mailboxes are without the service for ten hours',
    office: () => anOffice({ apps: 10, mailboxes: 50, protocols: ['imap'] }),
    // The refusing greeting comes before TLS, which would cost most of the time.
    options: { tls: 'starttls' },
    play: async (stage) => {
      stage.sandbox.change(({ faults }) => {
        faults.imap = { kind: 'bye' };
      });
      await stage.settle();
      const reported = reportedAt(stage);
      const hit = stage.problems().map(({ affectedMailboxes }) => affectedMailboxes.length);
      const requests = Object.values(stage.sandbox.requests().token);
      stage.later(10 * HOUR);
      await stage.round();
      const later = Object.values(stage.sandbox.requests().token);
      return [
        reported,
        `${hit.join(', ')} mailboxes`,
        `${Math.max(...requests)} request for a token of each app, ${Math.max(...later)} after ten hours`,
      ];
    },
    story: [
      'service-incident; open: service-incident (endpoint)',
      '500 mailboxes',
      '1 request for a token of each app, 2 after ten hours',
    ],
    downs: 500,
  },
];
