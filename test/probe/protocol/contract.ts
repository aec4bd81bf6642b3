/**
 * The contract of every mail protocol: the same hostile servers. After each of them, nothing is left of the
 * look but its evidence, and nothing of the token in it. `describeProtocol(dialect)` runs it for one protocol.
 */
import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  failedStages,
  isSuccess,
  STAGE_NAMES,
  stageOf,
  TOKEN_LEG,
  type Claims,
  type Evidence,
  type StageName,
} from '../../../src/model/evidence.ts';
import { createRedactor, type Redactor } from '../../../src/model/redactor.ts';
import { Secret } from '../../../src/model/secret.ts';
import type { TlsMode } from '../../../src/model/protocol.ts';
import type { Target } from '../../../src/model/target.ts';
import type { Trace } from '../../../src/model/trace.ts';
import { createProbe } from '../../../src/probe/probe.ts';
import type { TokenOutcome, TokenSource } from '../../../src/probe/token/token-source.ts';
import { createCertificateAuthority, type CertificateAuthority } from '../../../src/sandbox/certificates.ts';
import {
  startFakeMailServer,
  type Act,
  type Dialect,
  type FakeMailServer,
  type Peer,
  type StepName,
} from '../../fakes/fake-mail-server.ts';
import { aTarget } from '../../support/builders.ts';
import { expectNoListeners, expectNothingLeft } from '../../support/leaks.ts';

/** As long as a real token, but no JWT: the redactor must find it by value. */
const CANARY = Array.from({ length: 24 }, (_, index) =>
  createHash('sha256').update(`canary ${index}`).digest('base64url'),
).join('');
const ADDRESS = 'qms@contoso.example';
const SASL = Buffer.from(`user=${ADDRESS}\u0001auth=Bearer ${CANARY}\u0001\u0001`).toString('base64');
const CHALLENGE = '{"status":"400","schemes":"Bearer","scope":"https://outlook.office.com/"}';

/** No probe reaches its deadline but where a test lets it pass. */
const DEADLINE_MS = 120_000;

/** The steps of a healthy probe, each with its stage. */
const STEPS: readonly (readonly [StepName, StageName])[] = [
  ['greeting', 'greeting'],
  ['capabilities', 'auth'],
  ['auth', 'auth'],
  ['open', 'open'],
];

interface ProbeOptions {
  readonly script?: Partial<Record<StepName, Act>>;
  readonly trace?: Trace;
  readonly split?: boolean;
  readonly tls?: TlsMode;
  readonly signal?: AbortSignal;
  readonly tokens?: TokenSource;
  readonly address?: string;
}

export function describeProtocol(dialect: Dialect): void {
  let authority: CertificateAuthority;
  let servers: Readonly<Record<TlsMode, FakeMailServer>>;
  let redactor: Redactor;
  let bugs: unknown[];
  const printed = vi.fn<(...words: unknown[]) => void>();

  beforeAll(async () => {
    authority = await createCertificateAuthority('contract suite');
    const certificate = await authority.issue({ commonName: 'localhost', names: ['localhost', '127.0.0.1'] });
    servers = {
      implicit: await startFakeMailServer({ dialect, certificate, tls: 'implicit' }),
      starttls: await startFakeMailServer({ dialect, certificate, tls: 'starttls' }),
    };
  });

  afterAll(async () => {
    await servers.implicit.close();
    await servers.starttls.close();
  });

  beforeEach(() => {
    redactor = createRedactor();
    bugs = [];
    printed.mockClear();
    for (const method of ['debug', 'log', 'info', 'warn', 'error'] as const) {
      vi.spyOn(console, method).mockImplementation(printed);
    }
  });

  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** Runs one probe, and checks that it leaves nothing behind and shows no secret. */
  async function probe(options: ProbeOptions = {}): Promise<Evidence> {
    const tls = options.tls ?? 'implicit';
    const server = servers[tls];
    server.script = options.script ?? {};
    server.split = options.split ?? false;
    server.plain.length = 0;
    server.parsed.length = 0;
    const caller = new AbortController();
    const signal = options.signal ?? caller.signal;
    const tokens = options.tokens ?? arriving(accepted(redactor));
    const probe = createProbe({ tokens, redactor, reportBug: (error) => bugs.push(error) });
    const evidence = await expectNothingLeft(
      async () => await probe(target(tls, options), signal, options.trace),
    );
    expectNoListeners(signal);
    expect(evidence.stages.map(({ stage }) => stage)).toEqual([...STAGE_NAMES]);
    expect(bugs).toEqual([]);
    expect(printed.mock.calls).toEqual([]);
    expectNoToken(JSON.stringify(evidence));
    expectNoToken(server.plain.join('\n'));
    return evidence;
  }

  function target(tls: TlsMode, { address = ADDRESS }: ProbeOptions): Target {
    return aTarget({
      protocol: dialect.protocol,
      address,
      endpoint: { host: '127.0.0.1', port: servers[tls].port, tls },
      network: { ca: authority.cert },
      timeoutMs: DEADLINE_MS,
    });
  }

  /** The deadline passes when `expire` is called, and no sooner: a busy machine takes seconds to reach a silent step. */
  async function probeThatExpires(options: (expire: () => void) => ProbeOptions): Promise<Evidence> {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
    try {
      return await probe(options(() => void vi.advanceTimersByTime(DEADLINE_MS)));
    } finally {
      vi.useRealTimers();
    }
  }

  /** The one failure of the mail leg, with a text. */
  function failuresOf(evidence: Evidence): readonly unknown[] {
    expect(isSuccess(evidence)).toBe(false);
    return failedStages(evidence).flatMap(({ stage, failure }) => {
      expect(failure?.text).not.toBe('');
      return stage === 'token' || stage === 'claims' ? [] : [{ stage, ...failure }];
    });
  }

  describe('a healthy server', () => {
    test('lets the probe open and count the mailbox, and log out', async () => {
      const evidence = await probe();
      expect(failedStages(evidence)).toEqual([]);
      expect(evidence.stages.every(({ outcome }) => outcome === 'ok')).toBe(true);
      // One after the other: no stage is counted twice.
      const mailLeg = evidence.stages.slice(TOKEN_LEG.length).map(({ seconds }) => seconds);
      expect(mailLeg.reduce((sum, seconds) => sum + seconds, 0)).toBeLessThanOrEqual(
        evidence.seconds + 0.001,
      );
      expect(stageOf(evidence, 'greeting')?.facts).toMatchObject({ exchange: true, serverName: 'AB1.COM' });
      expect(stageOf(evidence, 'auth')?.facts).toMatchObject({ mechanism: 'XOAUTH2' });
      expect(stageOf(evidence, 'auth')?.facts.text).toMatch(/authenticate/i);
      expect(stageOf(evidence, 'open')?.facts.messages).toBe(3);
      expect(stageOf(evidence, 'logout')?.facts.text).toContain('signing off');
      expect(servers.implicit.parsed.join('\n')).toContain(SASL);
    });

    test('may split its answers into packets of one byte', async () => {
      const evidence = await probe({ split: true });
      expect(failedStages(evidence)).toEqual([]);
      expect(stageOf(evidence, 'open')?.facts.messages).toBe(3);
    });

    test('may request the response on a line of its own', async () => {
      const evidence = await probe({ script: { capabilities: dialect.offerWithout('SASL-IR') } });
      expect(failedStages(evidence)).toEqual([]);
      expect(servers.implicit.parsed).toContain(SASL);
    });

    test('may refuse to list its capabilities', async () => {
      const evidence = await probe({ script: { capabilities: dialect.refuse('Unknown command.') } });
      expect(failedStages(evidence)).toEqual([]);
    });

    test('is left without waiting for the end of the connection', async () => {
      const evidence = await probe();
      expect(stageOf(evidence, 'logout')?.outcome).toBe('ok');
    });
  });

  describe('a server that refuses', () => {
    const verbatim =
      'AUTHENTICATE failed. Error="AuthFailed:LogonDenied-None-OAuthLog:AuthExc_Auth Failed. [x] User:q"';

    test('the login is quoted verbatim, and the probe logs out', async () => {
      const evidence = await probe({ script: { auth: dialect.refuse(verbatim) } });
      expect(failuresOf(evidence)).toMatchObject([{ stage: 'auth', kind: 'rejected', text: verbatim }]);
      expect(stageOf(evidence, 'logout')?.outcome).toBe('ok');
    });

    test('with a response code has it reported', async () => {
      const script = { auth: dialect.refuse('[AUTHENTICATIONFAILED] No. [vm:2026-11-22 21:45:57]') };
      expect(failuresOf(await probe({ script }))).toMatchObject([
        {
          stage: 'auth',
          kind: 'rejected',
          code: 'AUTHENTICATIONFAILED',
          text: 'No. [vm:2026-11-22 21:45:57]',
        },
      ]);
    });

    test('without a reason is reported as such', async () => {
      const [failure] = failuresOf(await probe({ script: { auth: dialect.refuse('') } }));
      expect(failure).toMatchObject({ kind: 'rejected', text: expect.stringContaining('without a reason') });
    });

    test('by an error challenge has it decoded', async () => {
      const script = { auth: dialect.challenge(Buffer.from(CHALLENGE).toString('base64')) };
      const evidence = await probe({ script });
      expect(failuresOf(evidence)).toMatchObject([{ stage: 'auth', kind: 'rejected' }]);
      expect(stageOf(evidence, 'auth')?.facts.challenge).toEqual(JSON.parse(CHALLENGE));
      expect(stageOf(evidence, 'logout')?.outcome).toBe('ok');
    });

    test('by a challenge and a refusal in one packet is understood', async () => {
      const auth: Act = (peer) => {
        dialect.challenge(Buffer.from(CHALLENGE).toString('base64'))(peer);
        dialect.healthy.challenged(peer);
      };
      const evidence = await probe({ script: { auth, challenged: () => {} } });
      expect(failuresOf(evidence)).toMatchObject([{ stage: 'auth', kind: 'rejected' }]);
    });

    test.each([
      ['that is not base64', '%%%'],
      ['that is not JSON', Buffer.from('no JSON').toString('base64')],
      ['that is no object', Buffer.from('[[["x"]]]').toString('base64')],
      ['that is empty', ''],
    ])('by a challenge %s, is refused all the same', async (_, base64) => {
      expect(failuresOf(await probe({ script: { auth: dialect.challenge(base64) } }))).toMatchObject([
        { stage: 'auth', kind: 'rejected' },
      ]);
    });

    test('every answer to a challenge with another challenge comes to an end', async () => {
      const again = dialect.challenge(Buffer.from(CHALLENGE).toString('base64'));
      const evidence = await probe({ script: { auth: again, challenged: again } });
      expect(failuresOf(evidence)).toMatchObject([{ stage: 'auth', kind: 'protocol' }]);
    });

    test('in its greeting is quoted', async () => {
      const evidence = await probe({ script: { greeting: dialect.turnAway('[UNAVAILABLE] Too many.') } });
      expect(failuresOf(evidence)).toMatchObject([
        { stage: 'greeting', kind: 'rejected', code: 'UNAVAILABLE', text: 'Too many.' },
      ]);
    });

    test('by throttling is not waited for', async () => {
      const words = 'Request is throttled. Suggested Backoff Time: 92415 milliseconds';
      const evidence = await probe({ script: { auth: dialect.refuse(words) } });
      expect(failuresOf(evidence)).toMatchObject([
        { stage: 'auth', kind: 'throttled', text: words, retryAfterSeconds: 92.415 },
      ]);
      // There was time left to wait.
      expect(stageOf(evidence, 'logout')?.outcome).toBe('ok');
    });

    test('to open the mailbox shows that the login worked', async () => {
      const evidence = await probe({ script: { open: dialect.refuse('Server Unavailable. 15') } });
      expect(failuresOf(evidence)).toMatchObject([
        { stage: 'open', kind: 'rejected', text: 'Server Unavailable. 15' },
      ]);
      expect(stageOf(evidence, 'auth')?.outcome).toBe('ok');
      expect(stageOf(evidence, 'logout')?.outcome).toBe('ok');
    });

    test('and hangs up at once is quoted all the same', async () => {
      const auth: Act = (peer) => {
        dialect.refuse('No.')(peer);
        peer.halfClose();
      };
      const evidence = await probe({ script: { auth } });
      expect(failuresOf(evidence)).toMatchObject([{ stage: 'auth', kind: 'rejected', text: 'No.' }]);
      expect(stageOf(evidence, 'logout')?.outcome).toBe('skipped');
    });

    test('our mechanism is sent no token', async () => {
      const evidence = await probe({ script: { capabilities: dialect.offerWithout('XOAUTH2') } });
      expect(failuresOf(evidence)).toMatchObject([
        { stage: 'auth', kind: 'protocol', code: 'mechanism-not-offered' },
      ]);
      expect(stageOf(evidence, 'auth')?.failure?.text).toContain('PLAIN');
      expectNoToken(servers.implicit.parsed.join('\n'));
    });
  });

  describe.each(STEPS)('at %s', (step, stage) => {
    test('silence ends at the deadline', async () => {
      const evidence = await probeThatExpires((expire) => ({ script: { [step]: expire } }));
      expect(failuresOf(evidence)).toMatchObject([{ stage, kind: 'timeout' }]);
    });

    test('a drip of single bytes ends at the deadline', async () => {
      const drips: NodeJS.Timeout[] = [];
      let bytes = 0;
      const evidence = await probeThatExpires((expire) => {
        const drip: Act = ({ write }) => {
          write(dialect.protocol === 'imap' ? '* ' : '+');
          const timer = setInterval(() => {
            write('x');
            if ((bytes += 1) < 5) return;
            expire();
            // It would count as what the probe left.
            clearInterval(timer);
          }, 10);
          drips.push(timer);
        };
        return { script: { [step]: drip } };
      }).finally(() => {
        for (const timer of drips) clearInterval(timer);
      });
      expect(failuresOf(evidence)).toMatchObject([{ stage, kind: 'timeout' }]);
    });

    test.each([
      ['a close', ({ hangUp }) => hangUp(), ['closed']],
      ['a half-close', ({ halfClose }) => halfClose(), ['closed']],
      ['a reset', ({ reset }) => reset(), ['reset', 'closed']],
    ] as readonly (readonly [string, Act, readonly string[]])[])(
      '%s ends the probe',
      async (_, act, kinds) => {
        const evidence = await probe({ script: { [step]: act } });
        const failure = stageOf(evidence, stage)?.failure;
        expect(failuresOf(evidence)).toMatchObject([{ stage, kind: failure?.kind ?? 'unexpected' }]);
        expect(kinds).toContain(failure?.kind);
      },
    );

    test.each<readonly [string, string | Buffer]>([
      ['binary', Buffer.from(Array.from({ length: 256 }, (_, index) => 255 - index))],
      ['an answer of HTTP', 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n<html></html>'],
      ['a TLS alert in plain text', Buffer.from([0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x28])],
      ['an answer with a wrong tag', 'Z99 OK done\r\n'],
      ['an empty line', '\r\n'],
    ])('garbage is known at once: %s', async (_, bytes) => {
      const evidence = await probe({ script: { [step]: ({ write }: Peer) => write(bytes) } });
      expect(failuresOf(evidence)).toMatchObject([{ stage, kind: 'protocol' }]);
    });

    test.each<readonly [string, string]>([
      ['a line without end', dialect.protocol === 'imap' ? '* OK xxxxxxxxxxxxxxxx' : '+ xxxxxxxxxxxxxxxx'],
      ['lines without end', dialect.protocol === 'imap' ? '* STATUS x\r\n' : 'x\r\n'],
    ])('a flood is stopped: %s', async (_, bytes) => {
      const evidence = await probe({
        script: {
          [step]: ({ write, flood }: Peer) => {
            write(dialect.protocol === 'imap' ? '* ' : '+');
            flood(bytes);
          },
        },
      });
      const failed = failedStages(evidence);
      expect(failed.map(({ failure }) => failure?.kind)).toEqual(['protocol']);
      expect(isSuccess(evidence)).toBe(false);
    });

    test('an abort ends the probe', async () => {
      const controller = new AbortController();
      const evidence = await probe({
        script: { [step]: () => controller.abort() },
        signal: controller.signal,
      });
      expect(failuresOf(evidence)).toMatchObject([{ stage, kind: 'aborted' }]);
    });

    test.each([
      ['plain', CANARY],
      ['with its SASL response', SASL],
      ['in part', CANARY.slice(100, 140)],
      ['with part of its SASL response', SASL.slice(81, 130)],
      ['in hexadecimal', Buffer.from(CANARY).toString('hex')],
      ['in percent escapes', Buffer.from(CANARY).toString('hex').replace(/../g, '%$&')],
      ['in UTF-16', Buffer.from(CANARY, 'utf16le').toString('latin1')],
      ['in base64 of UTF-16', `[${Buffer.from(CANARY, 'utf16le').toString('base64')}]`],
      ['cut by control characters', CANARY.replace(/.{8}/g, '$&\u0001')],
      ['cut by spaces', CANARY.replace(/.{8}/g, '$& ')],
      ['backwards', backwards(CANARY)],
      ['in base64 of base64', Buffer.from(Buffer.from(CANARY).toString('base64')).toString('base64')],
      ['in base64 of big-endian UTF-16', Buffer.from(CANARY, 'utf16le').swap16().toString('base64')],
      ['in pairs of hexadecimal digits', Buffer.from(CANARY).toString('hex').replace(/../g, '$& ')],
      ['in escapes of HTML', CANARY.replace(/./g, (letter) => `&#${letter.charCodeAt(0)};`)],
    ])('an echo of the token is not shown: %s', async (_, echo) => {
      const refusal = step === 'greeting' ? dialect.turnAway : dialect.refuse;
      const evidence = await probe({ script: { [step]: refusal(`Bad request: ${echo}.`) } });
      expect(isSuccess(evidence)).toBe(step === 'capabilities');
    });
  });

  describe('an echo of the token', () => {
    test('in the error challenge is not shown', async () => {
      const json = JSON.stringify({ status: CANARY, schemes: SASL, scope: `Bearer ${CANARY.slice(7)}` });
      const evidence = await probe({
        script: { auth: dialect.challenge(Buffer.from(json).toString('base64')) },
      });
      expect(failuresOf(evidence)).toMatchObject([{ stage: 'auth', kind: 'rejected' }]);
    });

    test('in the greeting of a healthy server is not shown', async () => {
      const greeting = dialect.greet(
        `ready ${CANARY} [${Buffer.from(CANARY, 'utf16le').toString('base64')}]`,
      );
      expect(isSuccess(await probe({ script: { greeting } }))).toBe(true);
    });
  });

  describe('logout', () => {
    test('without an answer is not waited for, and the probe stays a success', async () => {
      const evidence = await probeThatExpires((expire) => ({ script: { logout: expire } }));
      expect(isSuccess(evidence)).toBe(true);
      expect(stageOf(evidence, 'logout')?.failure?.kind).toBe('timeout');
    });

    test.each([
      ['a close', ({ hangUp }) => hangUp()],
      ['a reset', ({ reset }) => reset()],
      ['garbage', ({ say }) => say('HTTP/1.1 400 Bad Request')],
      ['a refusal', dialect.refuse('Not now.')],
    ] as readonly (readonly [string, Act])[])(
      'answered by %s takes nothing from the success',
      async (_, act) => {
        const evidence = await probe({ script: { logout: act } });
        expect(isSuccess(evidence)).toBe(true);
        expect(failedStages(evidence).map(({ stage }) => stage)).toEqual(['logout']);
      },
    );
  });

  describe('the token leg', () => {
    const refused: TokenOutcome = { ok: false, failure: { kind: 'rejected', text: 'No.' }, facts: {} };

    test('that fails lets the mail host greet, and the probe logs out', async () => {
      const evidence = await probe({ tokens: arriving(refused) });
      expect(failedStages(evidence).map(({ stage }) => stage)).toEqual(['token']);
      expect(outcomes(evidence, ['claims', 'greeting', 'auth', 'open', 'logout'])).toEqual([
        'skipped',
        'ok',
        'skipped',
        'skipped',
        'ok',
      ]);
    });

    test('that hangs ends at the deadline', async () => {
      const tokens: TokenSource = { acquire: async () => await new Promise(() => {}) };
      // What is read of the greeting is noted before it counts.
      const evidence = await probeThatExpires((expire) => ({
        tokens,
        trace: { begin: () => undefined, note: () => void setImmediate(expire), lines: () => [] },
      }));
      expect(failedStages(evidence).map(({ stage, failure }) => [stage, failure?.kind])).toEqual([
        ['token', 'timeout'],
      ]);
      expect(outcomes(evidence, ['greeting', 'auth'])).toEqual(['ok', 'skipped']);
    });

    test('that is late is waited for', async () => {
      let bring = (): void => {};
      const late = new Promise<TokenOutcome>((resolve) => {
        bring = () => resolve(accepted(redactor));
      });
      const greeting: Act = (peer) => {
        dialect.healthy.greeting(peer);
        setImmediate(() => bring());
      };
      const evidence = await probe({ script: { greeting }, tokens: { acquire: async () => await late } });
      expect(isSuccess(evidence)).toBe(true);
    });

    test('that ends after the server hung up sends no token', async () => {
      let bring = (): void => {};
      const late = new Promise<TokenOutcome>((resolve) => {
        bring = () => resolve(accepted(redactor));
      });
      const greeting: Act = (peer) => {
        dialect.healthy.greeting(peer);
        peer.halfClose();
        peer.onClosed(bring);
      };
      const evidence = await probe({ script: { greeting }, tokens: { acquire: async () => await late } });
      expect(failuresOf(evidence)).toMatchObject([{ stage: 'auth', kind: 'closed' }]);
    });

    test('that throws is a bug, reported without secrets, and ends no other leg', async () => {
      const tokens: TokenSource = {
        acquire: async () => {
          accepted(redactor);
          throw await Promise.resolve(new Error(`Cannot parse ${CANARY}`));
        },
      };
      const server = servers.implicit;
      server.script = {};
      const probe = createProbe({ tokens, redactor, reportBug: (error) => bugs.push(error) });
      const evidence = await expectNothingLeft(
        async () => await probe(target('implicit', {}), new AbortController().signal),
      );
      expect(stageOf(evidence, 'token')?.failure?.kind).toBe('unexpected');
      expect(stageOf(evidence, 'greeting')?.outcome).toBe('ok');
      expect(bugs).toHaveLength(1);
      expectNoToken(bugs.map((bug) => (bug instanceof Error ? `${bug.message} ${bug.stack}` : '')).join());
      expectNoToken(JSON.stringify(evidence));
    });

    test('that has wrong claims fails in its own stage only: the server decides', async () => {
      const claims: Claims = { expiresAt: 1 };
      const evidence = await probe({ tokens: arriving({ ...accepted(redactor), claims }) });
      expect(stageOf(evidence, 'claims')?.failure).toMatchObject({ kind: 'claims', code: 'token-expired' });
      expect(isSuccess(evidence)).toBe(true);
    });
  });

  test('an address that would add SASL fields is not sent', async () => {
    const evidence = await probe({ address: `${ADDRESS}\u0001auth=Bearer x` });
    expect(failuresOf(evidence)).toMatchObject([
      { stage: 'auth', kind: 'credential', code: 'control-character' },
    ]);
    expectNoToken(servers.implicit.parsed.join('\n'));
  });

  describe('STARTTLS', () => {
    test('precedes the login, and nothing secret precedes it', async () => {
      const evidence = await probe({ tls: 'starttls' });
      expect(failedStages(evidence)).toEqual([]);
      expect(isSuccess(evidence)).toBe(true);
      expect(stageOf(evidence, 'tls')?.facts).toMatchObject({ mode: 'starttls', protocol: 'TLSv1.3' });
      expect(servers.starttls.parsed.join('\n')).toContain(SASL);
    });

    test('that is not offered ends the probe with a logout', async () => {
      const script = {
        capabilities: dialect.offerWithout(dialect.protocol === 'imap' ? 'STARTTLS' : 'STLS'),
      };
      const evidence = await probe({ tls: 'starttls', script });
      expect(failuresOf(evidence)).toMatchObject([
        { stage: 'tls', kind: 'protocol', code: 'starttls-not-offered' },
      ]);
      expect(outcomes(evidence, ['greeting', 'auth', 'logout'])).toEqual(['ok', 'skipped', 'ok']);
    });

    test('that is refused ends the probe', async () => {
      // The server would start TLS all the same; the client must not.
      const starttls: Act = (peer) => {
        dialect.refuse('Not now.')(peer);
        peer.halfClose();
      };
      const evidence = await probe({ tls: 'starttls', script: { starttls } });
      expect(failuresOf(evidence)).toMatchObject([{ stage: 'tls', kind: 'rejected', text: 'Not now.' }]);
    });

    test('with commands injected after the reply ends the probe', async () => {
      const starttls: Act = (peer) =>
        peer.say(dialect.protocol === 'imap' ? `${peer.tag} OK go\n* OK injected` : '+OK go\n+OK injected');
      const evidence = await probe({ tls: 'starttls', script: { starttls } });
      expect(failuresOf(evidence)).toMatchObject([
        { stage: 'tls', kind: 'protocol', code: 'starttls-injection' },
      ]);
    });

    test('with garbage instead of a handshake ends the probe', async () => {
      const starttls: Act = (peer) => {
        dialect.healthy.starttls(peer);
        // With the ClientHello: before it, this would be an injection.
        peer.onBytes(() => peer.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
        peer.hold();
      };
      const evidence = await probe({ tls: 'starttls', script: { starttls } });
      expect(failuresOf(evidence)).toMatchObject([{ stage: 'tls', kind: 'tls' }]);
    });

    test('without an answer ends at the deadline', async () => {
      const evidence = await probeThatExpires((expire) => ({
        tls: 'starttls',
        script: { starttls: expire },
      }));
      expect(failuresOf(evidence)).toMatchObject([{ stage: 'tls', kind: 'timeout' }]);
    });
  });
}

function arriving(outcome: TokenOutcome): TokenSource {
  return { acquire: async () => await Promise.resolve(outcome) };
}

function accepted(redactor: Redactor): Extract<TokenOutcome, { ok: true }> {
  redactor.add(CANARY);
  return { ok: true, token: new Secret(CANARY), facts: { source: 'cache' }, claims: {} };
}

function outcomes(evidence: Evidence, stages: readonly StageName[]): readonly unknown[] {
  return stages.map((name) => stageOf(evidence, name)?.outcome);
}

function backwards(text: string): string {
  return text.split('').reverse().join('');
}

/** No 24 characters of the token, in any form in which it is sent or may be echoed. */
function expectNoToken(text: string): void {
  const bytes = Buffer.from(CANARY);
  const forms = [
    CANARY,
    ...[0, 1, 2].map((offset) =>
      Buffer.concat([Buffer.alloc(offset), bytes])
        .toString('base64')
        .slice(4, -4),
    ),
    bytes.toString('hex'),
    bytes.toString('hex').replace(/../g, '%$&'),
    Buffer.from(CANARY, 'utf16le').toString('base64'),
    CANARY.replace(/./g, '$&\\u0000'),
    CANARY.replace(/./g, '$& '),
    CANARY.replace(/.{8}/g, '$& '),
    backwards(CANARY),
    Buffer.from(Buffer.from(CANARY).toString('base64')).toString('base64'),
    Buffer.from(CANARY, 'utf16le').swap16().toString('base64'),
    bytes.toString('hex').replace(/../g, '$& '),
    CANARY.replace(/./g, (letter) => `&#${letter.charCodeAt(0)};`),
  ];
  const shown = forms.flatMap((form) =>
    Array.from({ length: form.length - 24 }, (_, at) => form.slice(at, at + 24)).filter((part) =>
      text.includes(part),
    ),
  );
  expect(shown).toEqual([]);
}
