/** Looks of ours: the same words in different company, and failures below any protocol. */
import type { Cause } from '../../src/model/cause.ts';
import type { Registration } from '../../src/model/credential.ts';
import { anApp, NOON } from '../support/builders.ts';
import {
  ALL_ALIKE,
  ALL_LOST,
  CLAIMS,
  NEVER_WORKED,
  NOT_CONNECTED,
  otherFails,
  otherWorks,
  peers,
  REFUSED,
  REFUSED_POP3,
  SEEN_ONCE,
  WORKED_BEFORE,
  WORKING,
  type ProbeCase,
} from './probe-case.ts';

const NO_SIBLINGS = { imap: peers({}), pop3: peers({}) };
const ALL_WORK = { imap: WORKING, pop3: WORKING };
const NONE_EVER = { imap: ALL_ALIKE, pop3: peers({ failed: 8 }) };
const ALL_GONE = { imap: ALL_LOST, pop3: ALL_LOST };

const PROXIED = { proxy: new URL('http://proxy.example:3128') };

const NOTHING_GRANTED: Registration = { requestedRoles: [], requestedScopes: [], grantedRoles: [] };

function credential(registration: Registration) {
  return {
    credential: {
      app: 'plm',
      kind: 'secret' as const,
      endDates: [],
      registered: [],
      match: 'unknown' as const,
      registration,
    },
  };
}

const DAY = 86_400_000;
const CERTIFICATE = {
  subject: 'CN=mail-gateway.contoso.example',
  issuer: 'CN=Contoso Issuing CA',
  names: ['DNS:mail-gateway.contoso.example'],
  notBefore: NOON - 300 * DAY,
  fingerprint256: 'AA:BB',
};

const MAILBOX_CANDIDATES: readonly Cause[] = ['mailbox-not-found-or-unlicensed', 'username-mailbox-mismatch'];

/** `NO AUTHENTICATE failed.` and its kin, decided by context. */
export const REFUSED_PROBES: readonly ProbeCase[] = [
  {
    name: 'no roles in the token: a permission or the consent',
    probe: { ...REFUSED, facts: { claims: { ...CLAIMS, roles: [] } } },
    first: 'app-permission-missing',
    next: ['admin-consent-missing'],
    confidence: 'likely',
    never: ['exchange-sp-not-registered'],
  },
  {
    name: 'a role for POP3 only, over IMAP',
    probe: { ...REFUSED, facts: { claims: { ...CLAIMS, roles: ['POP.AccessAsApp'] } } },
    first: 'app-permission-missing',
  },
  {
    name: 'no roles, and the directory says that the consent is missing',
    probe: { ...REFUSED, facts: { claims: { ...CLAIMS, roles: [] } } },
    context: credential({ ...NOTHING_GRANTED, requestedRoles: ['IMAP.AccessAsApp'] }),
    first: 'admin-consent-missing',
    confidence: 'certain',
    never: ['app-permission-missing'],
  },
  {
    name: 'no roles, and the directory says that the permission is a delegated one',
    probe: { ...REFUSED, facts: { claims: { ...CLAIMS, roles: [] } } },
    context: credential({ ...NOTHING_GRANTED, requestedScopes: ['IMAP.AccessAsUser.All'] }),
    first: 'app-permission-missing',
    detail: 'delegated-instead-of-application',
    confidence: 'certain',
  },
  {
    name: 'no roles, and the directory says that nothing was ever added',
    probe: { ...REFUSED, facts: { claims: { ...CLAIMS, roles: [] } } },
    context: credential(NOTHING_GRANTED),
    first: 'app-permission-missing',
    detail: 'never-added',
    confidence: 'certain',
  },
  {
    name: 'no roles, though the directory says that they are granted',
    probe: { ...REFUSED, facts: { claims: { ...CLAIMS, roles: [] } } },
    context: credential({
      ...NOTHING_GRANTED,
      requestedRoles: ['IMAP.AccessAsApp'],
      grantedRoles: ['IMAP.AccessAsApp'],
    }),
    first: 'propagation-delay',
    confidence: 'likely',
  },
  {
    name: 'no roles any more, though the directory, read some hours ago, says that they are granted',
    probe: { ...REFUSED, facts: { claims: { ...CLAIMS, roles: [] } } },
    context: {
      ...credential({
        ...NOTHING_GRANTED,
        requestedRoles: ['IMAP.AccessAsApp'],
        grantedRoles: ['IMAP.AccessAsApp'],
      }),
      history: WORKED_BEFORE,
    },
    first: 'app-permission-missing',
    next: ['admin-consent-missing', 'propagation-delay'],
    confidence: 'likely',
  },
  {
    name: 'a token for Graph',
    probe: { ...REFUSED, facts: { claims: { ...CLAIMS, audience: 'https://graph.microsoft.com' } } },
    first: 'wrong-audience',
    confidence: 'certain',
    never: ['exchange-sp-not-registered'],
  },
  {
    name: 'a token of a user',
    probe: {
      ...REFUSED,
      failed: {
        ...REFUSED.failed,
        claims: { kind: 'claims', code: 'delegated-token', text: 'The token carries delegated scopes.' },
      },
    },
    first: 'token-user-mailbox-mismatch',
    confidence: 'certain',
  },
  {
    name: 'all mailboxes of the app, never worked: the registration in Exchange, a pair',
    probe: REFUSED,
    context: { siblings: NONE_EVER, ...otherFails('pop3') },
    first: 'exchange-sp-not-registered',
    next: ['exchange-sp-wrong-object-id'],
    confidence: 'likely',
    never: ['protocol-disabled-on-mailbox'],
  },
  {
    name: 'one mailbox, its siblings fine, both protocols',
    probe: REFUSED,
    context: { siblings: ALL_WORK, ...otherFails('pop3') },
    first: 'mailbox-permission-missing',
    next: MAILBOX_CANDIDATES,
    confidence: 'likely',
    never: ['exchange-sp-not-registered'],
  },
  {
    name: 'one mailbox, its siblings fine, both protocols, not connected',
    probe: NOT_CONNECTED,
    context: { siblings: ALL_WORK, ...otherFails('pop3') },
    first: 'mailbox-permission-missing',
    next: MAILBOX_CANDIDATES,
    confidence: 'likely',
  },
  {
    name: 'one mailbox that IMAP ends by BYE after OK, without a reason',
    probe: {
      failed: { open: { kind: 'rejected', status: 'BYE', text: 'BYE, without a reason.' } },
      facts: { claims: CLAIMS },
    },
    context: { siblings: ALL_WORK, ...otherFails('pop3') },
    first: 'mailbox-permission-missing',
    next: MAILBOX_CANDIDATES,
    confidence: 'likely',
  },
  {
    name: 'one mailbox that IMAP ends by BYE after OK, for its failed commands',
    probe: {
      failed: { open: { kind: 'rejected', status: 'BYE', text: 'Connection closed. 14' } },
      facts: { claims: CLAIMS },
    },
    context: { siblings: ALL_WORK, ...otherFails('pop3') },
    first: 'mailbox-permission-missing',
    next: MAILBOX_CANDIDATES,
    confidence: 'likely',
  },
  {
    name: 'one mailbox that IMAP ends by BYE after OK, with a reason',
    probe: {
      failed: { open: { kind: 'rejected', status: 'BYE', text: 'Too many connections' } },
      facts: { claims: CLAIMS },
    },
    context: { siblings: ALL_WORK, ...otherFails('pop3') },
    first: 'exchange-throttled',
    never: ['mailbox-permission-missing'],
  },
  {
    name: 'one mailbox over POP3, its siblings fine, both protocols',
    target: { protocol: 'pop3' },
    probe: REFUSED_POP3,
    context: { siblings: ALL_WORK, ...otherFails('imap') },
    first: 'mailbox-permission-missing',
    next: MAILBOX_CANDIDATES,
  },
  {
    name: 'one protocol only, the role is there',
    probe: REFUSED,
    context: { siblings: ALL_WORK, ...otherWorks('pop3') },
    first: 'protocol-disabled-on-mailbox',
    confidence: 'likely',
    never: ['mailbox-permission-missing', 'app-permission-missing'],
  },
  {
    name: 'one protocol only, over POP3',
    target: { protocol: 'pop3' },
    probe: REFUSED_POP3,
    context: { siblings: ALL_WORK, ...otherWorks('imap') },
    first: 'protocol-disabled-on-mailbox',
  },
  {
    name: 'one protocol for every mailbox of the app',
    probe: REFUSED,
    context: { siblings: { imap: ALL_ALIKE, pop3: WORKING } },
    first: 'protocol-disabled-on-mailbox',
    scope: 'app',
  },
  {
    name: 'one protocol for every mailbox of every app, lost at once: the service',
    probe: REFUSED,
    context: {
      siblings: { imap: ALL_LOST, pop3: WORKING },
      endpoint: ALL_LOST,
      history: WORKED_BEFORE,
      ...otherWorks('pop3'),
    },
    first: 'service-incident',
    scope: 'endpoint',
  },
  {
    name: 'lost with one sibling, while the others were not looked at since',
    probe: REFUSED,
    context: {
      siblings: {
        imap: peers({ failed: 1, failedAlike: 1, unknown: 2, everSucceeded: 3 }),
        pop3: peers({ unknown: 3, everSucceeded: 3 }),
      },
      history: WORKED_BEFORE,
    },
    first: 'exchange-transient',
    never: ['exchange-sp-wrong-object-id'],
  },
  {
    name: 'lost with three siblings, while the other protocol was not looked at since',
    probe: REFUSED,
    context: {
      siblings: {
        imap: peers({ failed: 3, failedAlike: 3, everSucceeded: 3 }),
        pop3: peers({ unknown: 3, everSucceeded: 3 }),
      },
      history: WORKED_BEFORE,
    },
    first: 'exchange-transient',
  },
  {
    name: 'lost with three siblings, while the others were not looked at since',
    probe: REFUSED,
    context: {
      siblings: {
        imap: peers({ failed: 3, failedAlike: 3, unknown: 20, everSucceeded: 23 }),
        pop3: peers({ failed: 1, unknown: 22, everSucceeded: 23 }),
      },
      history: WORKED_BEFORE,
    },
    first: 'exchange-sp-not-registered',
    scope: 'app',
  },
  {
    name: 'lost with all of the app for an hour, the login taken',
    probe: NOT_CONNECTED,
    context: { siblings: ALL_GONE, endpoint: WORKING, history: WORKED_BEFORE },
    first: 'mailbox-permission-missing',
    scope: 'app',
  },
  {
    name: 'lost with all of the app just now, the login taken: nobody takes so many permissions away at once',
    probe: NOT_CONNECTED,
    context: {
      siblings: ALL_GONE,
      endpoint: WORKING,
      history: { ...WORKED_BEFORE, consecutiveFailures: 2 },
    },
    first: 'exchange-transient',
    scope: 'app',
    next: ['mailbox-permission-missing'],
  },
  {
    name: 'failed twice lately for one probe each, and fails again',
    probe: NOT_CONNECTED,
    context: { siblings: ALL_WORK, history: { ...WORKED_BEFORE, consecutiveFailures: 2, passedAlike: 2 } },
    first: 'exchange-transient',
    confidence: 'likely',
  },
  {
    name: 'failed twice lately for one probe each, and has failed now for an hour',
    probe: NOT_CONNECTED,
    context: {
      siblings: ALL_WORK,
      history: { ...WORKED_BEFORE, passedAlike: 2 },
      ...otherFails('pop3'),
    },
    first: 'mailbox-permission-missing',
  },
  {
    name: 'refused by turns, whatever its siblings and its other protocol do',
    probe: REFUSED,
    context: {
      siblings: ALL_WORK,
      history: { ...WORKED_BEFORE, consecutiveFailures: 2, intermittent: true },
      ...otherFails('pop3'),
    },
    first: 'propagation-delay',
    next: ['exchange-transient'],
    confidence: 'possible',
    never: ['protocol-disabled-on-mailbox'],
  },
  {
    name: 'not opened by turns, and fails four times in a row',
    probe: NOT_CONNECTED,
    context: { siblings: ALL_GONE, history: { ...WORKED_BEFORE, intermittent: true, passedAlike: 2 } },
    first: 'propagation-delay',
    next: ['exchange-transient'],
    never: ['protocol-disabled-on-mailbox'],
  },
  {
    name: 'seen once after successes',
    probe: NOT_CONNECTED,
    context: { siblings: ALL_WORK, history: SEEN_ONCE },
    first: 'exchange-transient',
    confidence: 'likely',
  },
  {
    name: 'worked until an hour ago, its siblings fine',
    probe: REFUSED,
    context: { siblings: ALL_WORK, history: WORKED_BEFORE, ...otherFails('pop3') },
    first: 'mailbox-permission-missing',
    next: MAILBOX_CANDIDATES,
  },
  {
    name: 'worked until an hour ago, as did all of the app, and other apps work',
    probe: REFUSED,
    context: { siblings: ALL_GONE, endpoint: WORKING, history: WORKED_BEFORE },
    first: 'exchange-sp-not-registered',
    next: ['exchange-sp-wrong-object-id'],
    confidence: 'likely',
  },
  {
    name: 'worked until an hour ago, as did everybody at that host',
    probe: REFUSED,
    context: { siblings: ALL_GONE, endpoint: ALL_LOST, history: WORKED_BEFORE },
    first: 'service-incident',
    confidence: 'likely',
  },
  {
    name: 'a single mailbox that never worked: only candidates',
    probe: REFUSED,
    context: { siblings: NO_SIBLINGS },
    first: 'exchange-sp-not-registered',
    next: ['exchange-sp-wrong-object-id', 'mailbox-permission-missing'],
    confidence: 'possible',
  },
  {
    name: 'a single mailbox that never worked, not connected',
    probe: NOT_CONNECTED,
    context: { siblings: NO_SIBLINGS },
    first: 'mailbox-permission-missing',
    confidence: 'possible',
  },
  {
    name: 'a single mailbox that worked',
    probe: REFUSED,
    context: { siblings: NO_SIBLINGS, history: WORKED_BEFORE },
    first: 'mailbox-permission-missing',
    confidence: 'possible',
  },
  {
    name: 'an answer that knows no recipient',
    probe: {
      ...REFUSED,
      failed: {
        auth: {
          kind: 'rejected',
          status: 'NO',
          text: 'AUTHENTICATE failed. Error="AuthFailed:LogonDenied-NoADRecipient"',
        },
      },
    },
    context: { siblings: ALL_WORK },
    first: 'mailbox-not-found-or-unlicensed',
    next: ['username-mailbox-mismatch'],
  },
  {
    name: 'an unavailable server at every login that never worked',
    probe: {
      failed: { auth: { kind: 'rejected', status: 'NO', text: 'Server Unavailable. 15' } },
      facts: { claims: CLAIMS },
    },
    context: { history: NEVER_WORKED },
    first: 'username-mailbox-mismatch',
    next: ['exchange-transient'],
  },
  {
    name: 'a challenge of another server',
    probe: {
      failed: {
        auth: {
          kind: 'rejected',
          code: 'AUTHENTICATIONFAILED',
          status: 'NO',
          text: 'Authentication failed.',
        },
      },
      facts: { claims: CLAIMS, auth: { challenge: { status: '401', schemes: 'bearer', scope: 'mail' } } },
    },
    context: { siblings: ALL_WORK },
    first: 'mailbox-permission-missing',
  },
];

const TOKEN_REFUSED = { kind: 'rejected', status: '401' } as const;

/** Everything but refused logins. */
export const OTHER_PROBES: readonly ProbeCase[] = [
  {
    name: 'a secret that is a Secret ID, by its shape',
    probe: {
      failed: {
        token: {
          ...TOKEN_REFUSED,
          code: 'AADSTS7000215',
          text: 'AADSTS7000215: Invalid client secret provided.',
        },
      },
      facts: { token: { errorCodes: [7000215], secretShape: { length: 36, looksLike: 'guid' } } },
    },
    first: 'secret-invalid',
    confidence: 'certain',
  },
  {
    name: 'a secret file that is absent',
    probe: {
      failed: {
        token: {
          kind: 'credential',
          code: 'ENOENT',
          text: 'The client secret cannot be read from /run/secrets/plm: no such file.',
        },
      },
    },
    first: 'credential-unreadable',
    confidence: 'certain',
  },
  {
    name: 'a secret file that is empty',
    probe: {
      failed: { token: { kind: 'credential', code: 'empty-secret', text: 'The client secret is empty.' } },
    },
    first: 'secret-missing',
    confidence: 'certain',
  },
  {
    name: 'a tenant that was there yesterday',
    probe: {
      failed: {
        token: { ...TOKEN_REFUSED, code: 'AADSTS90002', text: "AADSTS90002: Tenant 'x' not found." },
      },
    },
    context: { history: WORKED_BEFORE },
    first: 'token-service-transient',
    next: ['tenant-not-found'],
  },
  {
    name: 'a token host that answers 503',
    probe: {
      failed: { token: { kind: 'http', status: '503', text: 'HTTP 503, text/html: Service Unavailable' } },
      facts: {},
    },
    first: 'token-service-transient',
  },
  {
    name: 'a token host that answers a page',
    probe: {
      failed: { token: { kind: 'http', status: '403', text: 'HTTP 403, text/html: Blocked by policy' } },
    },
    first: 'proxy-failure',
    confidence: 'likely',
  },
  ...(['timeout', 'closed'] as const).map(
    (kind): ProbeCase => ({
      name: `STARTTLS at a port of its own, where no greeting comes (${kind})`,
      target: { endpoint: { host: 'mail.contoso.example', port: 1993, tls: 'starttls' } },
      probe: { failed: { greeting: { kind, text: 'No greeting.' } } },
      first: 'tls-mode-mismatch',
      confidence: 'likely',
    }),
  ),
  {
    name: 'STARTTLS at a port of its own that greeted before',
    target: { endpoint: { host: 'mail.contoso.example', port: 1993, tls: 'starttls' } },
    probe: {
      failed: { greeting: { kind: 'timeout', text: 'No greeting.' } },
      facts: { tls: {} },
    },
    context: { history: WORKED_BEFORE },
    first: 'exchange-transient',
    confidence: 'likely',
  },
  {
    name: 'implicit TLS at a port of its own, where the handshake is cut',
    target: { endpoint: { host: 'mail.contoso.example', port: 1143, tls: 'implicit' } },
    probe: { failed: { tls: { kind: 'closed', text: 'TLS handshake: the other side closed.' } } },
    first: 'tcp-blocked',
    next: ['tls-mode-mismatch'],
    confidence: 'likely',
  },
  {
    name: 'the resource of GCC High, asked of the authority of the global cloud',
    target: { app: anApp({ cloud: 'gcc-high', scope: 'https://outlook.office365.us/.default' }) },
    probe: {
      failed: {
        token: {
          kind: 'rejected',
          code: 'AADSTS500011',
          text: 'AADSTS500011: The resource principal named https://outlook.office365.us was not found in the tenant named Contoso.',
        },
      },
    },
    first: 'national-cloud-mismatch',
    next: ['resource-not-found'],
    detail: 'resource-of-another-cloud',
    confidence: 'likely',
  },
  {
    name: 'the resource of 21Vianet, asked through a gateway of our own',
    target: {
      app: anApp({
        cloud: 'china',
        authority: 'https://gateway.contoso.example',
        scope: 'https://partner.outlook.cn/.default',
      }),
    },
    probe: {
      failed: { token: { kind: 'rejected', code: 'AADSTS500011', text: 'AADSTS500011: not found.' } },
    },
    first: 'national-cloud-mismatch',
    confidence: 'likely',
  },
  {
    name: 'the resource of the right cloud, which the tenant does not have',
    probe: {
      failed: { token: { kind: 'rejected', code: 'AADSTS500011', text: 'AADSTS500011: not found.' } },
    },
    first: 'resource-not-found',
    confidence: 'certain',
    never: ['national-cloud-mismatch'],
  },
  {
    name: 'a proxy that neither leg reaches',
    target: { network: PROXIED, app: anApp({ network: PROXIED }) },
    probe: {
      failed: {
        token: { kind: 'timeout', text: 'The time limit ended while waiting for the proxy.' },
        connect: { kind: 'timeout', text: 'The time limit ended while waiting for the proxy.' },
      },
      facts: { token: { stoppedAt: 'connect' } },
    },
    context: { ownNetwork: 'unknown' },
    first: 'proxy-failure',
    next: ['own-network-down'],
    detail: 'unreachable',
    confidence: 'likely',
    never: ['tcp-blocked', 'ipv6-path'],
  },
  {
    name: 'a proxy whose name has no address',
    target: { network: PROXIED },
    probe: { failed: { dns: { kind: 'dns', code: 'ENOTFOUND', text: 'proxy.example: ENOTFOUND' } } },
    first: 'dns-failure',
    next: ['proxy-failure'],
    confidence: 'likely',
  },
  {
    name: 'a tunnel that is cut at the login, as by a proxy that ends it after some seconds',
    target: { network: PROXIED },
    probe: { failed: { auth: { kind: 'closed', text: 'The server closed the connection.' } } },
    context: { history: WORKED_BEFORE },
    first: 'exchange-transient',
    next: ['proxy-failure'],
    confidence: 'likely',
  },
  {
    name: 'a proxy that wants a password',
    probe: {
      failed: {
        connect: { kind: 'proxy', code: '407', status: '407', text: 'The proxy refused CONNECT: 407.' },
      },
    },
    first: 'proxy-failure',
    confidence: 'certain',
  },
  {
    name: 'an assertion that fails because of this clock',
    probe: {
      failed: {
        token: {
          ...TOKEN_REFUSED,
          code: 'AADSTS700024',
          text: 'AADSTS700024: Client assertion is not within its valid time range.',
        },
      },
    },
    context: { token: { app: 'plm', requestsTotal: 1, failuresByCode: {}, clockSkewSeconds: 7200 } },
    first: 'clock-skew',
    next: ['assertion-time-invalid'],
    confidence: 'likely',
  },
  {
    name: 'a token of which the rest is not known',
    probe: { failed: { claims: { kind: 'claims', code: 'strange', text: 'Something is odd.' } } },
    first: 'claims-unexplained',
  },
  {
    name: 'a name that does not resolve',
    probe: { failed: { dns: { kind: 'dns', code: 'ENOTFOUND', text: 'ENOTFOUND' } } },
    first: 'dns-failure',
  },
  {
    name: 'everything cut off, says the daemon',
    probe: {
      failed: {
        token: { kind: 'dns', code: 'EAI_AGAIN', text: 'EAI_AGAIN' },
        dns: { kind: 'dns', code: 'EAI_AGAIN', text: 'EAI_AGAIN' },
      },
    },
    context: { ownNetwork: 'down' },
    first: 'own-network-down',
    confidence: 'certain',
    never: ['dns-failure'],
  },
  {
    name: 'both legs cut off in a single probe',
    probe: {
      failed: { token: { kind: 'timeout', text: 'time' }, connect: { kind: 'timeout', text: 'time' } },
    },
    context: { ownNetwork: 'unknown' },
    first: 'own-network-down',
    next: ['tcp-blocked'],
    confidence: 'likely',
  },
  {
    name: 'a port that nobody answers at',
    probe: { failed: { connect: { kind: 'timeout', text: 'The time limit ended.' } } },
    first: 'tcp-blocked',
    confidence: 'likely',
  },
  {
    name: 'a port that does not answer, while siblings get through',
    probe: { failed: { connect: { kind: 'timeout', text: 'The time limit ended.' } } },
    context: { siblings: ALL_WORK },
    first: 'exchange-transient',
    next: ['tcp-blocked'],
  },
  {
    name: 'a host that everybody lost below the protocol',
    probe: { failed: { greeting: { kind: 'timeout', text: 'The time limit ended.' } } },
    context: { siblings: ALL_GONE, endpoint: ALL_LOST, history: WORKED_BEFORE },
    first: 'service-incident',
  },
  {
    name: 'a port that everybody lost, while the token host speaks',
    probe: { failed: { connect: { kind: 'timeout', text: 'The time limit ended.' } } },
    context: { siblings: ALL_GONE, endpoint: ALL_LOST, history: WORKED_BEFORE },
    first: 'tcp-blocked',
    next: ['service-incident'],
  },
  {
    name: 'a certificate that nobody trusts, for everybody at once',
    probe: {
      failed: {
        tls: { kind: 'untrusted', code: 'SELF_SIGNED_CERT_IN_CHAIN', text: 'Not trusted.' },
      },
    },
    context: { siblings: ALL_GONE, endpoint: ALL_LOST, history: WORKED_BEFORE },
    first: 'tls-interception',
    never: ['service-incident'],
  },
  {
    name: "everybody's login that is taken and never answered",
    probe: {
      failed: { auth: { kind: 'timeout', text: 'The time limit ended.' } },
      facts: { claims: CLAIMS },
    },
    context: { siblings: ALL_GONE, endpoint: ALL_LOST, history: WORKED_BEFORE },
    first: 'service-incident',
    next: ['exchange-transient'],
  },
  {
    name: 'IPv6 without a route',
    probe: {
      failed: {
        connect: {
          kind: 'unreachable',
          code: 'ENETUNREACH',
          text: 'Connecting to 2603:1026:c0b:10::2 port 993: network is unreachable (ENETUNREACH).',
        },
      },
      facts: { connect: { address: '2603:1026:c0b:10::2', port: 993 } },
    },
    first: 'ipv6-path',
  },
  {
    name: 'silence at an IPv6 address for everybody, while IPv4 accepts a connection',
    probe: {
      failed: { connect: { kind: 'timeout', text: 'The time limit ended.' } },
      facts: {
        connect: {
          address: '2603:1026:c0b:10::2',
          port: 993,
          others: [
            { address: '192.0.2.10', accepts: true },
            { address: '2603:1026:c0b:10::3', accepts: false },
          ],
        },
      },
    },
    context: { siblings: ALL_GONE, endpoint: ALL_LOST, history: WORKED_BEFORE },
    first: 'ipv6-path',
    next: ['tcp-blocked'],
    confidence: 'likely',
    never: ['service-incident'],
  },
  {
    name: 'silence at one address, while another of the host accepts a connection and siblings get through',
    probe: {
      failed: { connect: { kind: 'timeout', text: 'The time limit ended.' } },
      facts: {
        connect: { address: '192.0.2.11', port: 993, others: [{ address: '192.0.2.10', accepts: true }] },
      },
    },
    context: { siblings: ALL_WORK, history: WORKED_BEFORE },
    first: 'tcp-blocked',
    next: ['exchange-transient'],
    detail: 'one-address',
    confidence: 'likely',
  },
  {
    name: 'an application that is disabled, and whose current token Exchange refuses',
    probe: {
      ...REFUSED,
      facts: {
        claims: CLAIMS,
        token: {
          source: 'cache',
          refreshFailure: {
            failure: {
              kind: 'rejected',
              code: 'AADSTS7000112',
              status: '401',
              text: "AADSTS7000112: Application '66666666-7777-8888-9999-000000000000'(plm) is disabled.",
            },
            since: NOON,
            tokenExpiresAt: NOON + 3_000_000,
          },
        },
      },
    },
    context: { siblings: ALL_GONE, history: WORKED_BEFORE },
    first: 'app-disabled',
    confidence: 'certain',
    never: ['exchange-sp-not-registered', 'token-unexplained'],
  },
  {
    name: 'a token that expired while this process stood still',
    probe: {
      seconds: 1,
      standstillMs: 3_600_000,
      failed: { claims: { kind: 'claims', code: 'token-expired', text: 'The token has expired.' } },
    },
    first: 'prober-starved',
    never: ['access-token-expired'],
  },
  {
    name: 'POP3 behind the IMAP port',
    probe: {
      failed: {
        greeting: {
          kind: 'protocol',
          code: 'unexpected-answer',
          text: '+OK The Microsoft Exchange POP3 service is ready.',
        },
      },
    },
    first: 'wrong-port',
    confidence: 'certain',
  },
  {
    name: 'STARTTLS at an implicit port',
    target: { endpoint: { host: 'outlook.office365.com', port: 993, tls: 'starttls' } },
    probe: { failed: { greeting: { kind: 'timeout', text: 'The time limit ended.' } } },
    first: 'tls-mode-mismatch',
  },
  {
    name: 'an intercepted connection',
    probe: {
      failed: {
        tls: {
          kind: 'untrusted',
          code: 'SELF_SIGNED_CERT_IN_CHAIN',
          text: 'self-signed certificate in certificate chain',
        },
      },
      facts: {
        tls: {
          certificate: {
            subject: 'CN=outlook.office365.com',
            issuer: 'CN=Zscaler Root',
            names: [],
            notBefore: NOON,
            notAfter: NOON,
            fingerprint256: 'AA',
          },
        },
      },
    },
    first: 'tls-interception',
    confidence: 'likely',
  },
  {
    name: 'an expired certificate while the clock is right',
    probe: {
      failed: { tls: { kind: 'untrusted', code: 'CERT_HAS_EXPIRED', text: 'certificate has expired' } },
    },
    context: { token: { app: 'plm', requestsTotal: 1, failuresByCode: {}, clockSkewSeconds: 1 } },
    first: 'server-certificate-expired',
    never: ['clock-skew'],
  },
  {
    name: 'a Date two hours behind, and a token issued then',
    probe: { facts: { token: { clockSkewSeconds: 7200, clockWitness: 'confirms' } } },
    first: 'clock-skew',
    confidence: 'certain',
  },
  {
    name: 'a Date two hours behind, and no other witness',
    probe: { facts: { token: { clockSkewSeconds: 7200 } } },
    first: 'clock-skew',
    confidence: 'likely',
  },
  {
    name: 'a Date two hours behind, and a token issued now',
    probe: { facts: { token: { clockSkewSeconds: 7200, clockWitness: 'contradicts' } } },
    first: 'clock-skew',
    confidence: 'possible',
  },
  {
    name: 'an expired certificate, and a clock that is behind: it has expired all the more',
    probe: {
      failed: { tls: { kind: 'untrusted', code: 'CERT_HAS_EXPIRED', text: 'certificate has expired' } },
    },
    context: { token: { app: 'plm', requestsTotal: 1, failuresByCode: {}, clockSkewSeconds: -90_000 } },
    first: 'server-certificate-expired',
  },
  {
    name: 'an expired certificate while the clock is wrong',
    probe: {
      failed: { tls: { kind: 'untrusted', code: 'CERT_HAS_EXPIRED', text: 'certificate has expired' } },
    },
    context: { token: { app: 'plm', requestsTotal: 1, failuresByCode: {}, clockSkewSeconds: 90_000 } },
    first: 'clock-skew',
    confidence: 'certain',
  },
  {
    name: 'a certificate that is about to end, and a mailbox that opens',
    probe: {
      facts: { tls: { mode: 'implicit', certificate: { ...CERTIFICATE, notAfter: NOON + 5 * DAY } } },
    },
    first: 'server-certificate-expiring',
    confidence: 'certain',
  },
  {
    name: 'a certificate that ends tomorrow, and a mailbox that is not permitted: the mailbox first',
    probe: {
      ...REFUSED,
      facts: {
        ...REFUSED.facts,
        tls: { mode: 'implicit', certificate: { ...CERTIFICATE, notAfter: NOON + DAY } },
      },
    },
    context: { siblings: ALL_WORK },
    first: 'mailbox-permission-missing',
    next: [],
  },
  {
    name: 'a handshake that is reset: where in the opening it falls is chance',
    probe: { failed: { tls: { kind: 'reset', code: 'ECONNRESET', text: 'ECONNRESET' } } },
    first: 'tcp-blocked',
    detail: 'reset',
    next: ['tls-handshake-failure'],
  },
  {
    name: 'a handshake that hangs for the first time',
    probe: { failed: { tls: { kind: 'timeout', text: 'The time limit ended.' } } },
    context: { history: SEEN_ONCE },
    first: 'tcp-blocked',
    detail: 'accepted-then-silent',
    next: ['tls-handshake-failure', 'exchange-transient'],
    confidence: 'likely',
  },
  {
    name: 'a handshake that hangs, while others get through',
    probe: { failed: { tls: { kind: 'timeout', text: 'The time limit ended.' } } },
    context: { history: SEEN_ONCE, siblings: ALL_WORK },
    first: 'exchange-transient',
  },
  {
    name: 'a connection that is closed before the greeting, at the first probe of all',
    probe: { failed: { greeting: { kind: 'closed', text: 'The other side closed the connection.' } } },
    context: { history: { ...NEVER_WORKED, consecutiveFailures: 1 } },
    first: 'exchange-transient',
    next: ['tcp-blocked', 'exchange-throttled'],
    confidence: 'possible',
  },
  {
    name: 'a connection that has always been closed before the greeting',
    probe: { failed: { greeting: { kind: 'closed', text: 'The other side closed the connection.' } } },
    first: 'tcp-blocked',
    detail: 'closed-at-once',
    next: ['exchange-transient', 'exchange-throttled'],
    confidence: 'possible',
  },
  {
    name: 'a connection that is closed before the greeting since an hour',
    probe: { failed: { greeting: { kind: 'closed', text: 'The other side closed the connection.' } } },
    context: { history: WORKED_BEFORE },
    first: 'exchange-transient',
    next: ['exchange-throttled'],
    never: ['tcp-blocked'],
  },
  {
    name: 'a greeting that takes us for somebody who has logged in already',
    probe: {
      failed: { greeting: { kind: 'protocol', code: 'preauth', text: '* PREAUTH IMAP4rev1 ready.' } },
    },
    first: 'not-exchange-online',
    confidence: 'likely',
  },
  {
    name: 'a mechanism that is not offered',
    probe: {
      failed: {
        auth: {
          kind: 'protocol',
          code: 'mechanism-not-offered',
          text: 'The server does not offer SASL XOAUTH2. It offers: PLAIN.',
        },
      },
    },
    first: 'xoauth2-not-offered',
  },
  {
    name: 'a token that is too long for POP3',
    target: { protocol: 'pop3' },
    probe: {
      failed: {
        auth: { kind: 'rejected', status: '-ERR', text: 'Protocol error. Connection is closed. 10' },
      },
    },
    first: 'xoauth2-token-too-long',
    next: ['xoauth2-pop-one-line'],
  },
  {
    name: 'a password path, though we sent a token',
    target: { protocol: 'pop3' },
    probe: {
      failed: {
        auth: { kind: 'rejected', status: '-ERR', text: 'Logon failure: unknown user name or bad password.' },
      },
    },
    first: 'wrong-auth-mechanism',
  },
  {
    name: 'a connection that is closed at the login',
    probe: { failed: { auth: { kind: 'closed', text: 'the other side closed the connection.' } } },
    first: 'exchange-transient',
  },
  {
    name: 'a greeting that says BYE',
    probe: { failed: { greeting: { kind: 'rejected', status: 'BYE', text: 'Server is busy.' } } },
    first: 'exchange-transient',
    next: ['exchange-throttled'],
  },
  {
    name: 'no descriptor is left to connect with',
    probe: { failed: { connect: { kind: 'unexpected', code: 'EMFILE', text: 'too many open files' } } },
    first: 'prober-starved',
    confidence: 'certain',
    never: ['client-bug', 'tcp-blocked'],
  },
  {
    name: 'a time-out while this process stood still for most of the time',
    probe: {
      seconds: 30,
      standstillMs: 29_000,
      failed: { greeting: { kind: 'timeout', text: 'The time limit ended.' } },
    },
    first: 'prober-starved',
    confidence: 'certain',
    never: ['exchange-transient', 'service-incident'],
  },
  {
    name: 'a time-out while this process stood still for a moment',
    probe: {
      seconds: 1,
      standstillMs: 150,
      failed: { greeting: { kind: 'timeout', text: 'The time limit ended.' } },
    },
    first: 'tcp-blocked',
    never: ['prober-starved'],
  },
  {
    name: 'a BYE after this process stood still for many seconds',
    probe: {
      seconds: 30,
      standstillMs: 20_000,
      failed: { auth: { kind: 'rejected', status: 'BYE', text: 'Idle too long.' } },
    },
    first: 'prober-starved',
    confidence: 'certain',
    never: ['exchange-transient', 'service-incident', 'session-timeout'],
  },
  {
    name: 'a reset while this process stood still for a moment',
    probe: {
      standstillMs: 150,
      failed: { tls: { kind: 'reset', code: 'ECONNRESET', text: 'connection reset' } },
    },
    first: 'tcp-blocked',
    never: ['prober-starved'],
  },
  {
    name: 'a refusal that came while this process stood still',
    probe: {
      seconds: 30,
      standstillMs: 29_000,
      failed: { token: { kind: 'rejected', code: 'AADSTS7000222', status: '401', text: 'expired' } },
    },
    first: 'secret-expired',
    never: ['prober-starved'],
  },
  {
    name: 'a bug of ours',
    probe: { failed: { open: { kind: 'unexpected', text: 'undefined is not a function' } } },
    first: 'client-bug',
    confidence: 'certain',
  },
  ...(['connect', 'tls', 'auth', 'open'] as const).map(
    (stage): ProbeCase => ({
      name: `words at ${stage} that nobody knows`,
      probe: { failed: { [stage]: { kind: 'rejected', text: 'Frobnication refused.' } } },
      first: `${stage}-unexplained`,
    }),
  ),
  {
    name: 'an alert in place of the greeting, at a port of its own',
    target: { endpoint: { host: 'outlook.office365.com', port: 41_651, tls: 'implicit' } },
    probe: {
      failed: {
        greeting: {
          kind: 'tls',
          code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
          text: 'Waiting for the IMAP greeting: tlsv13 alert certificate required.',
        },
      },
    },
    first: 'tls-handshake-failure',
    confidence: 'likely',
  },
  {
    name: 'a token of twenty thousand characters',
    probe: {
      failed: {
        token: {
          kind: 'http',
          status: '200',
          code: 'token-too-long',
          text: 'The access token has 20000 characters.',
        },
      },
    },
    first: 'xoauth2-token-too-long',
    confidence: 'certain',
  },
  {
    name: 'a challenge whose status is none',
    probe: {
      failed: { auth: { kind: 'rejected', status: 'NO', text: 'x' } },
      facts: { claims: CLAIMS, auth: { challenge: { status: '__proto__' } } },
    },
    context: { siblings: ALL_WORK },
    first: 'auth-unexplained',
  },
  {
    name: 'a greeting that nobody knows',
    probe: { failed: { greeting: { kind: 'protocol', code: 'unexpected-answer', text: 'Frobnication.' } } },
    first: 'greeting-unexplained',
  },
  {
    name: 'a code of Entra that nobody knows',
    probe: { failed: { token: { ...TOKEN_REFUSED, code: 'AADSTS999999', text: 'AADSTS999999: new.' } } },
    first: 'token-unexplained',
  },
  {
    name: 'GCC High asked in the public cloud',
    target: { app: anApp({ cloud: 'global' }) },
    probe: {
      failed: {
        token: {
          ...TOKEN_REFUSED,
          code: 'AADSTS900382',
          text: 'AADSTS900382: Confidential Client is not supported in Cross Cloud request.',
        },
      },
    },
    first: 'national-cloud-mismatch',
  },
];
