import { connect as connectTcp } from 'node:net';
import { once } from 'node:events';
import { connect as connectTls } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Protocol } from '../../src/model/protocol.ts';
import { applicationOf, mailboxOf, servicePrincipalOf } from '../../src/sandbox/directory.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { daysFromNow } from '../../src/sandbox/tenant-builder.ts';
import type { Tenant } from '../../src/sandbox/tenant.ts';
import { openDialogue, saslOf, talkOn, tokenOf } from './client.ts';

const QMS = 'qms@contoso.example';
const SERVICE = 'service@contoso.example';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await createSandbox({ failureDelayMs: 0 });
});
afterEach(() => {
  sandbox.reset();
});
afterAll(async () => {
  await sandbox.close();
});

/** The lines that decide, of one probe: login, and opening where the login worked. */
async function probe(protocol: Protocol, user = QMS, token?: string): Promise<(string | undefined)[]> {
  const sasl = saslOf(user, token ?? (await tokenOf(sandbox)));
  const { read, say, close } = await openDialogue(sandbox[protocol], sandbox.ca);
  await read();
  const answers: (string | undefined)[] = [];
  if (protocol === 'imap') {
    answers.push(await say(`a1 AUTHENTICATE XOAUTH2 ${sasl}`));
    if (answers[0]?.startsWith('a1 OK') === true) answers.push(await say('a2 EXAMINE INBOX'));
  } else {
    await say('AUTH XOAUTH2');
    answers.push(await say(sasl));
    if (answers[0]?.startsWith('+OK') === true) answers.push(await say('STAT'));
  }
  close();
  return answers;
}

const OPENED: Readonly<Record<Protocol, readonly string[]>> = {
  imap: ['a1 OK AUTHENTICATE completed.', 'a2 OK [READ-ONLY] EXAMINE completed.'],
  pop3: ['+OK User successfully authenticated.', '+OK 12 56532'],
};
const REFUSED: typeof OPENED = {
  imap: ['a1 NO AUTHENTICATE failed.'],
  pop3: ['-ERR Authentication failure: unknown user name or bad password.'],
};
const NOT_CONNECTED: typeof OPENED = {
  imap: ['a1 OK AUTHENTICATE completed.', 'a2 BAD User is authenticated but not connected.'],
  pop3: ['+OK User successfully authenticated.', '-ERR Command is not valid in this state.'],
};

function both(imap: string, pop3: string): typeof OPENED {
  return { imap: [imap], pop3: [pop3] };
}

interface State {
  readonly state: string;
  readonly change?: (tenant: Tenant, app: string) => void;
  readonly imap: readonly string[];
  readonly pop3: readonly string[];
}

const STATES: readonly State[] = [
  { state: 'all is well', ...OPENED },
  {
    state: 'nothing was granted',
    change: (tenant, app) => {
      servicePrincipalOf(tenant, app).grantedRoles = [];
    },
    ...REFUSED,
  },
  {
    state: 'only POP was granted',
    change: (tenant, app) => {
      servicePrincipalOf(tenant, app).grantedRoles = ['POP.AccessAsApp'];
    },
    imap: REFUSED.imap,
    pop3: OPENED.pop3,
  },
  {
    state: 'only IMAP was granted',
    change: (tenant, app) => {
      servicePrincipalOf(tenant, app).grantedRoles = ['IMAP.AccessAsApp'];
    },
    imap: OPENED.imap,
    pop3: REFUSED.pop3,
  },
  {
    state: 'the service principal is not registered in Exchange',
    change: (tenant) => {
      tenant.exchangeServicePrincipals = [];
    },
    ...REFUSED,
  },
  {
    state: "it is registered with the app registration's object id",
    change: (tenant, app) => {
      for (const entry of tenant.exchangeServicePrincipals)
        entry.objectId = applicationOf(tenant, app).objectId;
    },
    ...REFUSED,
  },
  {
    state: 'it was registered just now and is not effective yet',
    change: (tenant) => {
      for (const entry of tenant.exchangeServicePrincipals) entry.effectiveFrom = daysFromNow(0.1);
    },
    ...REFUSED,
  },
  {
    state: 'it was registered long ago',
    change: (tenant) => {
      for (const entry of tenant.exchangeServicePrincipals) entry.effectiveFrom = daysFromNow(-1);
    },
    ...OPENED,
  },
  {
    state: 'the mailbox permission is missing, told by NO',
    change: (tenant) => {
      mailboxOf(tenant, QMS).fullAccess = [];
    },
    ...REFUSED,
  },
  {
    state: 'the mailbox permission is missing, told after OK',
    change: (tenant) => {
      Object.assign(mailboxOf(tenant, QMS), { fullAccess: [], refusalShape: 'not-connected' });
    },
    ...NOT_CONNECTED,
  },
  {
    state: 'IMAP is switched off',
    change: (tenant) => {
      mailboxOf(tenant, QMS).imapEnabled = false;
    },
    imap: REFUSED.imap,
    pop3: OPENED.pop3,
  },
  {
    state: 'POP3 is switched off',
    change: (tenant) => {
      mailboxOf(tenant, QMS).popEnabled = false;
    },
    imap: OPENED.imap,
    pop3: REFUSED.pop3,
  },
  {
    state: 'there is no such mailbox',
    change: (tenant) => {
      tenant.mailboxes = tenant.mailboxes.filter(({ address }) => address !== QMS);
    },
    ...REFUSED,
  },
  {
    state: 'the address is an alias now',
    change: (tenant) => {
      Object.assign(mailboxOf(tenant, QMS), { address: 'quality@contoso.example', aliases: [QMS] });
    },
    ...REFUSED,
  },
  {
    state: 'the mailbox has no license',
    change: (tenant) => {
      mailboxOf(tenant, QMS).licensed = false;
    },
    ...REFUSED,
  },
  {
    state: 'the mailbox is throttled',
    change: (tenant) => {
      const fault = { kind: 'throttled', backoffMs: 299_609 } as const;
      mailboxOf(tenant, QMS).faults = { imap: fault, pop3: fault };
    },
    ...both(
      'a1 BAD Request is throttled. Suggested Backoff Time: 299609 milliseconds',
      '-ERR Request is throttled. Suggested Backoff Time: 299609 milliseconds',
    ),
  },
  {
    state: 'the servers are unavailable at login',
    change: (tenant) => {
      tenant.faults.imap = { kind: 'unavailable-at-login' };
      tenant.faults.pop3 = { kind: 'unavailable-at-login' };
    },
    ...both('a1 NO Server Unavailable. 15', '-ERR Server Unavailable. 21'),
  },
  {
    state: 'the mailbox is unavailable when it is opened',
    change: (tenant) => {
      const fault = { kind: 'unavailable-at-open' } as const;
      mailboxOf(tenant, QMS).faults = { imap: fault, pop3: fault };
    },
    imap: ['a1 OK AUTHENTICATE completed.', 'a2 NO Server Unavailable. 15'],
    pop3: ['+OK User successfully authenticated.', '-ERR Server Unavailable. 21'],
  },
  {
    state: 'the mailbox is being moved',
    change: (tenant) => {
      mailboxOf(tenant, QMS).migrating = true;
    },
    imap: ['a1 OK AUTHENTICATE completed.', '* BYE Session invalidated - MailboxInTransit'],
    pop3: ['+OK User successfully authenticated.', '-ERR Connection is closed. 13'],
  },
  {
    state: 'the session is ended after login',
    change: (tenant) => {
      tenant.faults.imap = { kind: 'session-closed' };
      tenant.faults.pop3 = { kind: 'session-closed' };
    },
    imap: ['a1 OK AUTHENTICATE completed.', '* BYE Connection is closed. 13'],
    pop3: ['+OK User successfully authenticated.', '-ERR Connection is closed. 13'],
  },
  {
    state: 'the servers hang up at login',
    change: (tenant) => {
      tenant.faults.imap = { kind: 'drop-at-login' };
      tenant.faults.pop3 = { kind: 'drop-at-login' };
    },
    imap: [],
    pop3: [],
  },
];

describe.each(['imap', 'pop3'] as const)('over %s', (protocol) => {
  test.each(STATES)('when $state', async (row) => {
    const app = sandbox.tenant.applications[0]?.appId ?? '';
    sandbox.change((tenant) => row.change?.(tenant, app));
    const answers = await probe(protocol);
    expect(answers.filter((line) => line !== undefined)).toEqual(row[protocol]);
  });

  test.each([
    [
      'a token for Graph',
      async () => await tokenOf(sandbox, { scope: 'https://graph.microsoft.com/.default' }),
    ],
    ['a token that is none', async () => await Promise.resolve('eyJhbGciOiJub25lIn0.e30.')],
  ])('%s is refused', async (_name, tokenFor) => {
    expect(await probe(protocol, QMS, await tokenFor())).toEqual(REFUSED[protocol]);
  });

  test("another sandbox's token is refused", async () => {
    const other = await createSandbox({ failureDelayMs: 0, tenant: structuredClone(sandbox.tenant) });
    const foreign = await tokenOf(other);
    expect(await probe(protocol, QMS, foreign)).toEqual(REFUSED[protocol]);
    await other.close();
  });

  test('a token that has run out is refused', async () => {
    const token = await tokenOf(sandbox);
    sandbox.change((tenant) => {
      tenant.faults.clockSkewSeconds = 4000;
    });
    expect(await probe(protocol, QMS, token)).toEqual(REFUSED[protocol]);
  });

  test('a token that has run out is accepted for as long as the tenant says', async () => {
    sandbox.change((tenant) => {
      tenant.tokenLifetimeSeconds = 3600;
      tenant.tokenLeewaySeconds = 300;
    });
    const token = await tokenOf(sandbox);
    sandbox.change((tenant) => {
      tenant.faults.clockSkewSeconds = 3700;
    });
    expect(await probe(protocol, QMS, token)).toEqual(OPENED[protocol]);
    sandbox.change((tenant) => {
      tenant.faults.clockSkewSeconds = 4000;
    });
    expect(await probe(protocol, QMS, token)).toEqual(REFUSED[protocol]);
  });

  test('the neighbor of a broken mailbox opens', async () => {
    sandbox.change((tenant) => {
      mailboxOf(tenant, QMS).fullAccess = [];
    });
    expect(await probe(protocol, SERVICE)).toEqual(OPENED[protocol]);
  });

  test('a change while it runs shows at the next login, with the same token', async () => {
    const token = await tokenOf(sandbox);
    expect(await probe(protocol, QMS, token)).toEqual(OPENED[protocol]);
    sandbox.change((tenant) => {
      Object.assign(mailboxOf(tenant, QMS), { imapEnabled: false, popEnabled: false });
    });
    expect(await probe(protocol, QMS, token)).toEqual(REFUSED[protocol]);
    sandbox.reset();
    expect(await probe(protocol, QMS, token)).toEqual(OPENED[protocol]);
  });

  test('consent that is taken away shows with the next token only', async () => {
    const token = await tokenOf(sandbox);
    sandbox.change((tenant) => {
      for (const principal of tenant.servicePrincipals) principal.grantedRoles = [];
    });
    expect(await probe(protocol, QMS, token)).toEqual(OPENED[protocol]);
    expect(await probe(protocol)).toEqual(REFUSED[protocol]);
  });

  test('logins are counted', async () => {
    const before = sandbox.requests()[protocol];
    await probe(protocol);
    await probe(protocol, 'nobody@contoso.example');
    expect(sandbox.requests()[protocol]).toEqual({
      connections: before.connections + 2,
      logins: before.logins + 2,
      opened: before.opened + 1,
    });
  });
});

describe('the IMAP front end', () => {
  test('greets like Exchange, with its name in UTF-16', async () => {
    const { read, close } = await openDialogue(sandbox.imap, sandbox.ca);
    const [, name = ''] =
      /^\* OK The Microsoft Exchange IMAP4 service is ready\. \[([A-Za-z0-9+/=]+)\]$/.exec(
        (await read()) ?? '',
      ) ?? [];
    expect(Buffer.from(name, 'base64').toString('utf16le')).toBe('SANDBOX.MAILPROBE.SIMULATED');
    close();
  });

  test('holds a whole dialogue, with the SASL string on a line of its own', async () => {
    const sasl = saslOf(QMS, await tokenOf(sandbox));
    const { read, send, say } = await openDialogue(sandbox.imap, sandbox.ca);
    await read();
    send('a1 CAPABILITY');
    expect(await read()).toBe(
      '* CAPABILITY IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS ID UNSELECT CHILDREN IDLE NAMESPACE LITERAL+',
    );
    expect(await read()).toBe('a1 OK CAPABILITY completed.');
    send('a2 ID NIL');
    expect(await read()).toContain('simulated by mailprobe');
    expect(await read()).toBe('a2 OK ID completed.');
    expect(await say('a3 AUTHENTICATE XOAUTH2')).toBe('+ ');
    send(sasl);
    expect(await read()).toBe('a3 OK AUTHENTICATE completed.');
    send('a4 CAPABILITY');
    expect(await read()).toContain('CLIENTACCESSRULES CLIENTNETWORKPRESENCELOCATION BACKENDAUTHENTICATE');
    expect(await read()).toBe('a4 OK CAPABILITY completed.');
    send('a5 NAMESPACE');
    expect(await read()).toBe('* NAMESPACE (("" "/")) NIL NIL');
    expect(await read()).toBe('a5 OK NAMESPACE completed.');
    send('a6 EXAMINE "INBOX"');
    expect(await read()).toBe('* 12 EXISTS');
    send('a7 STATUS INBOX (MESSAGES)');
    expect(await say('a8 NOOP')).toBe('a8 OK NOOP completed.');
    send('a9 LOGOUT');
    expect(await read()).toBe(
      '* BYE Microsoft Exchange Server IMAP4 server signing off. (simulated by mailprobe)',
    );
    expect(await read()).toBe('a9 OK LOGOUT completed.');
    expect(await read()).toBeUndefined();
  });

  test('answers everything with BAD while not connected, and hangs up at the third', async () => {
    sandbox.change((tenant) => {
      Object.assign(mailboxOf(tenant, QMS), { licensed: false, refusalShape: 'not-connected' });
    });
    const sasl = saslOf(QMS, await tokenOf(sandbox));
    const { read, say } = await openDialogue(sandbox.imap, sandbox.ca);
    await read();
    await say(`a1 AUTHENTICATE XOAUTH2 ${sasl}`);
    expect(await say('a2 CAPABILITY')).toBe('a2 OK CAPABILITY completed.');
    expect(await say('a3 NAMESPACE')).toBe('a3 BAD User is authenticated but not connected.');
    expect(await say('a4 NOOP')).toBe('a4 BAD User is authenticated but not connected.');
    expect(await say('a5 ID NIL')).toBe('a5 BAD User is authenticated but not connected.');
    expect(await read()).toBe('* BYE Connection closed. 14');
    expect(await read()).toBeUndefined();
  });

  test('hangs up at the third refused login', async () => {
    const { read, say } = await openDialogue(sandbox.imap, sandbox.ca);
    await read();
    for (const tag of ['a1', 'a2', 'a3']) {
      expect(await say(`${tag} AUTHENTICATE XOAUTH2 bm9uc2Vuc2U=`)).toBe(`${tag} NO AUTHENTICATE failed.`);
    }
    expect(await read()).toBe('* BYE Connection closed. 14');
  });

  test.each([
    ['a password login', 'a1 LOGIN user pass', 'a1 NO LOGIN failed.'],
    ['AUTHENTICATE PLAIN', 'a1 AUTHENTICATE PLAIN AGEAYg==', 'a1 NO AUTHENTICATE failed.'],
    [
      'an unknown mechanism',
      'a1 AUTHENTICATE CRAM-MD5',
      'a1 NO AUTHENTICATE failed. Provided authentication mechanism is not supported',
    ],
    ['EXAMINE before the login', 'a1 EXAMINE INBOX', 'a1 BAD Command received in Invalid state.'],
    ['a line that is no command', '***', '* BAD Command Error. 10'],
    ['STARTTLS where TLS is there already', 'a1 STARTTLS', 'a1 BAD Command Error. 12'],
  ])('refuses %s', async (_name, command, expected) => {
    const { read, say, close } = await openDialogue(sandbox.imap, sandbox.ca);
    await read();
    expect(await say(command)).toBe(expected);
    close();
  });

  test.each(['STORE 1 +FLAGS (\\Seen)', 'APPEND INBOX {3}', 'EXPUNGE', 'DELETE INBOX'])(
    'takes no %s',
    async (command) => {
      const sasl = saslOf(QMS, await tokenOf(sandbox));
      const { read, say, close } = await openDialogue(sandbox.imap, sandbox.ca);
      await read();
      await say(`a1 AUTHENTICATE XOAUTH2 ${sasl}`);
      expect(await say(`a2 ${command}`)).toBe('a2 BAD Command Error. 12');
      close();
    },
  );

  test('shows the diagnostic tail in tenants that have it', async () => {
    sandbox.change((tenant) => {
      tenant.diagnosticTail = true;
    });
    expect(await probe('imap', 'nobody@contoso.example')).toEqual([
      'a1 NO AUTHENTICATE failed. Error="AuthFailed:NoADRecipient AuthResultFromPopImapEnd=8 User:nobody@contoso.example"',
    ]);
  });

  test('ends an open session when its token runs out', async () => {
    const sasl = saslOf(QMS, await tokenOf(sandbox));
    const { read, say } = await openDialogue(sandbox.imap, sandbox.ca);
    await read();
    await say(`a1 AUTHENTICATE XOAUTH2 ${sasl}`);
    sandbox.change((tenant) => {
      tenant.faults.clockSkewSeconds = 4000;
    });
    expect(await say('a2 NOOP')).toBe('* BYE Session invalidated - AccessTokenExpired');
    expect(await read()).toBeUndefined();
  });
});

describe('the POP3 front end', () => {
  test('lists its capabilities and holds a whole dialogue', async () => {
    const sasl = saslOf(QMS, await tokenOf(sandbox));
    const { read, send, say } = await openDialogue(sandbox.pop3, sandbox.ca);
    expect(await read()).toMatch(/^\+OK The Microsoft Exchange POP3 service is ready\. \[\S+\]$/);
    send('CAPA');
    const capabilities = [await read(), await read(), await read(), await read(), await read(), await read()];
    expect(capabilities).toEqual(['+OK', 'TOP', 'UIDL', 'SASL PLAIN XOAUTH2', 'USER', '.']);
    expect(await say('AUTH XOAUTH2')).toBe('+ ');
    expect(await say(sasl)).toBe('+OK User successfully authenticated.');
    expect(await say('STAT')).toBe('+OK 12 56532');
    expect(await say('DELE 1')).toBe('-ERR Command is not valid in this state.');
    expect(await say('QUIT')).toContain('(simulated by mailprobe)');
    expect(await read()).toBeUndefined();
  });

  test('hangs up on an initial response', async () => {
    const { read, say } = await openDialogue(sandbox.pop3, sandbox.ca);
    await read();
    expect(await say(`AUTH XOAUTH2 ${saslOf(QMS, 'x')}`)).toBe(
      '-ERR Protocol error. Connection is closed. 10',
    );
    expect(await read()).toBeUndefined();
  });

  test('has another reply to USER and PASS', async () => {
    const { read, say, close } = await openDialogue(sandbox.pop3, sandbox.ca);
    await read();
    await say(`USER ${QMS}`);
    expect(await say('PASS secret')).toBe('-ERR Logon failure: unknown user name or bad password.');
    close();
  });

  test('hangs up on a line of more than 4096 characters', async () => {
    const { read, say } = await openDialogue(sandbox.pop3, sandbox.ca);
    await read();
    await say('AUTH XOAUTH2');
    expect(await say('A'.repeat(5000))).toBe('-ERR Protocol error. Connection is closed. 10');
    expect(await read()).toBeUndefined();
  });
});

describe('in clear text with an upgrade', () => {
  test.each([
    { protocol: 'imap', command: 'a1 STARTTLS', after: 'a2 CAPABILITY', offered: 'AUTH=XOAUTH2' },
    { protocol: 'pop3', command: 'STLS', after: 'AUTH XOAUTH2', offered: '+ ' },
  ] as const)('$protocol upgrades and forgets what was sent ahead', async (row) => {
    const address = row.protocol === 'imap' ? sandbox.imapStartTls : sandbox.pop3StartTls;
    const plain = connectTcp(address);
    await once(plain, 'data');
    // The second command is injected before the handshake, and must not be obeyed after it.
    plain.write(`${row.command}\r\na9 NOOP\r\n`);
    const [answer] = await once(plain, 'data');
    expect(String(answer)).toMatch(/^(?:a1 OK|\+OK) Begin TLS negotiation/);
    const secured = connectTls({ socket: plain, ca: sandbox.ca, host: address.host });
    await once(secured, 'secureConnect');
    const { send, read, close } = talkOn(secured);
    send(row.after);
    expect(await read()).toContain(row.offered);
    close();
  });

  test('IMAP takes no login before the upgrade', async () => {
    const plain = connectTcp(sandbox.imapStartTls);
    await once(plain, 'data');
    plain.write('a1 AUTHENTICATE XOAUTH2 eA==\r\n');
    const [answer] = await once(plain, 'data');
    expect(String(answer)).toBe('a1 BAD Command received in Invalid state.\r\n');
    plain.destroy();
  });
});
