/**
 * Makes one probe of one target, in two legs under one deadline. The token leg gets the token and reads its claims. The
 * mail leg dials the host, reads its greeting, logs in, opens the mailbox read-only and logs out. Called by the engine.
 * `diagnosis/` decides what the evidence means.
 */
import type { Socket } from 'node:net';
import { isSuccess, type Evidence } from '../model/evidence.ts';
import { claimsFailureOf } from '../model/token-claims.ts';
import { correctionSeconds } from '../model/clock-skew.ts';
import type { Redactor } from '../model/redactor.ts';
import type { Secret } from '../model/secret.ts';
import type { Target } from '../model/target.ts';
import type { Trace } from '../model/trace.ts';
import { createDeadline } from './deadline.ts';
import { createLagMeter } from './lag-meter.ts';
import { createStageRecorder, type StageRecorder } from './stage-recorder.ts';
import { secure } from './network/secure.ts';
import { failureOfAbort } from './network/system-failure.ts';
import { dial } from './network/dial.ts';
import type { Lookup } from './network/resolve.ts';
import { adapters } from './protocol/adapters.ts';
import type { Conversation } from './protocol/conversation.ts';
import { createLineReader, type LineReader } from './protocol/line-reader.ts';
import { createSanitizer, type Sanitize } from './protocol/server-text.ts';
import { skippedStage, stopwatch } from './stage.ts';
import type { TokenSource } from './token/token-source.ts';
import { carriedFailure } from './stage-failure.ts';
import { whenAborted } from './when-aborted.ts';

/**
 * Records each stage of `STAGE_NAMES` once. Ends before the target's deadline. If `signal` aborts, the interrupted
 * stage gets a failure of kind `aborted`, which is no failure of the server. Never rejects.
 */
export type Probe = (target: Target, signal: AbortSignal, trace?: Trace) => Promise<Evidence>;

export interface Collaborators {
  readonly tokens: TokenSource;
  readonly redactor: Redactor;
  /** Called if a bug ends a stage. The error is a copy without secrets. */
  readonly reportBug: (error: unknown, target: Target) => void;
  readonly lookup?: Lookup;
}

interface RunningProbe {
  readonly target: Target;
  readonly signal: AbortSignal;
  readonly recorder: StageRecorder;
  readonly tokens: TokenSource;
  readonly redactor: Redactor;
  readonly sanitize: Sanitize;
  readonly trace: Trace | undefined;
  readonly lookup: Lookup | undefined;
}

/** The longest wait for the reply to LOGOUT or QUIT. */
const LOGOUT_MS = 2000;

/**
 * If the wall clock advances by more than this while the monotonic clock does not, the machine slept or its clock was
 * set.
 */
const SLEEP_MS = 2000;

export function createProbe({ tokens, redactor, reportBug, lookup }: Collaborators): Probe {
  const lag = createLagMeter();
  const sanitize = createSanitizer(redactor);
  return async (target, caller, trace) => {
    const startedAt = Date.now();
    const took = stopwatch();
    const endLag = lag.begin();
    const deadline = createDeadline(target.timeoutMs, caller);
    const recorder = createStageRecorder((error) => {
      try {
        reportBug(withoutSecrets(error, redactor), target);
      } catch {
        // The stage already shows the bug, so an error of `reportBug` is ignored.
      }
    }, trace?.begin);
    const { signal } = deadline;
    const probe: RunningProbe = { target, signal, recorder, tokens, redactor, sanitize, trace, lookup };
    const token = tokenLeg(probe);
    await mailLeg(probe, token);
    await token;
    deadline.cancel();
    const seconds = took();
    const lagMs = endLag();
    const gainMs = Date.now() - startedAt - seconds * 1000;
    return {
      mailbox: target.mailbox.id,
      protocol: target.protocol,
      app: target.app.id,
      startedAt,
      seconds,
      stages: recorder.stages(),
      standstillMs: Math.round(lagMs + (gainMs > SLEEP_MS ? gainMs : 0)),
    };
  };
}

/** Returns the token even if its claims look wrong, because the server's answer counts more than our check. */
async function tokenLeg({ target, signal, recorder, tokens }: RunningProbe): Promise<Secret | undefined> {
  const granted = await recorder.runFor('token', signal, async () => {
    const outcome = await tokens.acquire(target.app, target.app.scope, signal);
    return outcome.ok ? { facts: outcome.facts, value: outcome } : outcome;
  });
  if (granted === undefined) return undefined;
  await recorder.run('claims', signal, async () => {
    // The claims are checked by the clock of the token host, if it is known. If only our own clock is wrong, the token
    // works.
    const at = Date.now() - correctionSeconds(granted.facts) * 1000;
    const failure = claimsFailureOf({ claims: granted.claims, protocol: target.protocol, at });
    return await Promise.resolve({ facts: granted.claims, ...(failure === undefined ? {} : { failure }) });
  });
  return granted.token;
}

/**
 * Runs all mail stages. Waits for the token only before the login, because the greeting is evidence even without a
 * token.
 */
async function mailLeg(probe: RunningProbe, arriving: Promise<Secret | undefined>): Promise<void> {
  const { target, signal, recorder } = probe;
  const socket = await dialHost(probe);
  if (socket === undefined) return;
  let reader = createLineReader(socket, probe);
  const conversation = adapters[target.protocol](reader);
  try {
    if (!(await recorder.run('greeting', signal, conversation.greet))) return;
    if (target.endpoint.tls === 'starttls') {
      const secured = await startTls(probe, reader, conversation);
      if (secured === undefined) return;
      reader = secured;
    }
    reader.expect({ what: 'the token', begins: /^/ });
    const token = await arriving;
    if (token !== undefined) {
      const logIn = (): ReturnType<Conversation['authenticate']> =>
        conversation.authenticate(target.mailbox.address, token);
      const loggedIn = await recorder.run('auth', signal, logIn);
      if (loggedIn && conversation.open !== undefined) await recorder.run('open', signal, conversation.open);
    }
    await logOut(probe, reader, conversation);
  } finally {
    reader.close();
  }
}

/** Runs the stages `dns`, `connect` and, if TLS begins at once, `tls`. Undefined if one of them failed. */
async function dialHost({
  target,
  signal,
  recorder,
  redactor,
  lookup,
}: RunningProbe): Promise<Socket | undefined> {
  const { host, port, tls } = target.endpoint;
  return await recorder.runAll('dns', signal, async () => {
    const { network } = target;
    const dialed = await dial({
      host,
      port,
      tls: tls === 'implicit',
      network,
      signal,
      redactor,
      ...(lookup && { lookup }),
    });
    if (signal.aborted) dialed.socket?.destroy();
    return { stages: [dialed.dns, dialed.connect, dialed.tls], value: dialed.socket };
  });
}

/**
 * Upgrades a plain connection to TLS. The login asks for the capabilities again after that. Undefined if the upgrade
 * failed.
 */
async function startTls(
  probe: RunningProbe,
  plain: LineReader,
  conversation: Conversation,
): Promise<LineReader | undefined> {
  const { target, signal, recorder, redactor } = probe;
  const socket = await recorder.runFor('tls', signal, async () => {
    try {
      await conversation.startTls();
      const { host } = target.endpoint;
      const { network } = target;
      const { stage, socket } = await secure(plain.release(), {
        host,
        network,
        signal,
        redactor,
        mode: 'starttls',
      });
      return { ...stage, value: socket };
    } catch (error) {
      return { facts: { mode: 'starttls' }, failure: carriedFailure(error) };
    }
  });
  if (socket === undefined) {
    await logOut(probe, plain, conversation);
    return undefined;
  }
  const secured = createLineReader(socket, probe);
  conversation.secured(secured);
  return secured;
}

/**
 * Logs out if the connection is still open, even after a failure, because servers count sessions that were not ended.
 */
async function logOut(
  { target, signal, recorder }: RunningProbe,
  reader: LineReader,
  conversation: Conversation,
): Promise<void> {
  if (reader.failure() !== undefined) return;
  const deadline = createDeadline(LOGOUT_MS, signal);
  const ignoreAbort = whenAborted(deadline.signal, () => {
    reader.fail(failureOfAbort(deadline.signal, 'the answer to the logout'));
  });
  const answered = await recorder.run('logout', deadline.signal, conversation.logout);
  ignoreAbort();
  deadline.cancel();
  // A failed logout is recorded only if everything before it succeeded, because a leg reports its first failure.
  if (!answered && !isSuccess({ protocol: target.protocol, stages: recorder.stages() }))
    recorder.record(skippedStage('logout'));
}

/**
 * Returns a redacted copy of an error. An error of a library may contain the data that the library was given, such as a
 * token.
 */
function withoutSecrets(error: unknown, redactor: Redactor): Error {
  if (!(error instanceof Error)) return new Error(redactor.redact(String(error)));
  const copy = new Error(redactor.redact(error.message));
  copy.name = redactor.redact(error.name);
  copy.stack = redactor.redact(error.stack ?? '');
  return copy;
}
