/**
 * Mail programs of Debian against the sandbox: in the healthy tenant each reads its mailbox, and in every broken state
 * `explain` finds the state in what the program itself prints.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { explain } from '../../src/explain.ts';
import type { Cause } from '../../src/model/cause.ts';
import type { MailFault } from '../../src/sandbox/fault.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import type { Tenant } from '../../src/sandbox/tenant.ts';
import { tokenOf } from '../sandbox/client.ts';
import {
  IMPATIENCE_SECONDS,
  MAIL_CLIENTS,
  runClient,
  type ClientRun,
  type MailClient,
} from '../support/mail-clients.ts';
import { isInstalled } from '../support/provision.ts';

const QMS = 'qms@contoso.example';
/** Each program takes a core while it starts. */
const AT_ONCE = 4;

interface State {
  readonly name: string;
  readonly change: (tenant: Tenant) => void;
  /** One of them comes out of every program's text. */
  readonly causes: readonly Cause[];
  /** A password gets as far as this, and no further. */
  readonly afterLogin?: true;
  /** Programs that print no word of it. */
  readonly mute?: readonly string[];
  /** Programs that wait for more than the server says, until they give up. */
  readonly waiting?: readonly string[];
}

function faulty(kind: MailFault['kind']): State['change'] {
  return ({ faults }) => {
    faults.imap = { kind };
    faults.pop3 = { kind };
  };
}

function withoutPermission(refusalShape: 'no' | 'not-connected'): State['change'] {
  return ({ mailboxes }) => {
    for (const mailbox of mailboxes) Object.assign(mailbox, { fullAccess: [], refusalShape });
  };
}

const STATES: readonly State[] = [
  {
    name: 'a mailbox that does not open',
    change: withoutPermission('not-connected'),
    causes: ['mailbox-permission-missing'],
    afterLogin: true,
  },
  {
    name: 'a login that is refused',
    change: withoutPermission('no'),
    causes: ['mailbox-permission-missing'],
    afterLogin: true,
  },
  {
    name: 'a login that is dropped',
    change: faulty('drop-at-login'),
    causes: ['exchange-transient'],
    afterLogin: true,
    mute: ['Net::POP3'],
  },
  {
    name: 'a login that is throttled',
    change: faulty('throttled'),
    causes: ['exchange-throttled'],
    afterLogin: true,
  },
  {
    name: 'a login while the server is out of order',
    change: faulty('unavailable-at-login'),
    causes: ['exchange-transient'],
    afterLogin: true,
  },
  { name: 'a server that greets with a refusal', change: faulty('bye'), causes: ['exchange-transient'] },
  {
    name: 'the port of the other protocol',
    change: faulty('other-protocol'),
    causes: ['wrong-port'],
    waiting: ['curl, imap', 'curl, pop3', 'fetchmail', 'Mail::IMAPClient'],
  },
  { name: 'plain text in the place of TLS', change: faulty('plaintext'), causes: ['tls-mode-mismatch'] },
  {
    name: 'an expired certificate',
    change: faulty('expired-certificate'),
    causes: ['server-certificate-expired', 'tls-interception'],
  },
  {
    name: 'a certificate of an inspecting proxy',
    change: faulty('untrusted-certificate'),
    causes: ['tls-interception'],
  },
  // The last: its port is taken again only a moment after it.
  { name: 'a connection that is refused', change: faulty('refuse'), causes: ['tcp-blocked'] },
];

describe.skipIf(!isInstalled('mailClients'))('real mail programs', () => {
  let sandbox: Sandbox;
  let token: string;

  beforeAll(async () => {
    sandbox = await createSandbox({ failureDelayMs: 5 });
    token = await tokenOf(sandbox);
    sandbox.change(({ mailboxes }) => {
      for (const mailbox of mailboxes) mailbox.messages = 2;
    });
  });
  afterAll(async () => {
    await sandbox.close();
  });

  async function run(client: MailClient, patienceSeconds?: number): Promise<ClientRun> {
    const { port } = sandbox[client.protocol];
    return await runClient(client, { port, ca: sandbox.ca, user: QMS, token }, patienceSeconds);
  }

  /** As it would be printed of the real host. */
  function asAtExchange({ output }: ClientRun, { protocol }: MailClient): string {
    return output
      .replaceAll(/\b(?:localhost|127\.0\.0\.1)\b/g, 'outlook.office365.com')
      .replaceAll(String(sandbox[protocol].port), protocol === 'imap' ? '993' : '995');
  }

  test('read their mailbox in the healthy tenant', async () => {
    const able = MAIL_CLIENTS.filter(({ passwordOnly }) => passwordOnly !== true);
    const failed = (await overAll(able, async (client) => await run(client))).filter(
      ({ ran }) => ran.code !== 0,
    );
    expect(failed.map(({ client, ran }) => `${client.name}: ${ran.output}`)).toEqual([]);
  });

  test.each(STATES)('$name', async ({ change, causes, afterLogin, mute = [], waiting = [] }) => {
    sandbox.change(change);
    const clients = MAIL_CLIENTS.filter(({ name }) => !mute.includes(name));
    const runs = await overAll(
      clients,
      async (client) => await run(client, waiting.includes(client.name) ? IMPATIENCE_SECONDS : undefined),
    );
    sandbox.reset();
    const missed = runs.flatMap(({ client, ran }) => {
      const text = asAtExchange(ran, client);
      const found = explain(text, Date.now());
      expect(JSON.stringify(found)).not.toContain(token.slice(20, 60));
      const wanted: readonly Cause[] =
        client.passwordOnly === true && afterLogin === true ? ['basic-auth-retired'] : causes;
      return found.some(({ cause }) => wanted.includes(cause))
        ? []
        : [`${client.name} (${found.map(({ cause }) => cause).join(', ')}): ${text.slice(-900)}`];
    });
    expect(missed).toEqual([]);
  });
});

async function overAll(
  clients: readonly MailClient[],
  run: (client: MailClient) => Promise<ClientRun>,
): Promise<readonly { readonly client: MailClient; readonly ran: ClientRun }[]> {
  const waiting = clients.entries();
  const done: { readonly at: number; readonly client: MailClient; readonly ran: ClientRun }[] = [];
  const work = async (): Promise<void> => {
    for (const [at, client] of waiting) done.push({ at, client, ran: await run(client) });
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return done.toSorted((a, b) => a.at - b.at);
}
