/**
 * What do we see? One look at one target: two legs under one deadline. The token leg gets and reads the token; the
 * mail leg walks to the host, waits for its greeting, logs in, opens the mailbox read-only and says goodbye.
 * Called by the engine; what it means is for `diagnosis/`.
 */
import type { Socket } from 'node:net';
import { isSuccess, type Evidence } from '../model/evidence.ts';
import { claimsFailureOf } from '../model/token-claims.ts';
import type { Redactor } from '../model/redactor.ts';
import type { Secret } from '../model/secret.ts';
import type { Target } from '../model/target.ts';
import { createDeadline } from './deadline.ts';
import { createLagMeter } from './lag-meter.ts';
import { createStageRecorder, type StageRecorder } from './stage-recorder.ts';
import { secure } from './network/secure.ts';
import { failureOfAbort } from './network/system-failure.ts';
import { dial } from './network/dial.ts';
import { adapters } from './protocol/adapters.ts';
import type { Conversation } from './protocol/conversation.ts';
import { createLineReader, type LineReader } from './protocol/line-reader.ts';
import { createWords, type Words } from './protocol/server-text.ts';
import { skippedStage, stopwatch } from './stage.ts';
import type { TokenSource } from './token/token-source.ts';
import { carriedFailure } from './stage-failure.ts';

/**
 * Never rejects, ends by the target's deadline, and leaves each stage of `STAGE_NAMES` once. The signal is the
 * wish to stop (shutdown): what it cuts short is `aborted`, not a failure of the server.
 */
export type Probe = (target: Target, signal: AbortSignal) => Promise<Evidence>;

export interface Collaborators {
  readonly tokens: TokenSource;
  readonly redactor: Redactor;
  /** Told of what must not happen. The error is made anew, without secrets. */
  readonly reportBug: (error: unknown, target: Target) => void;
}

interface ProbeResult {
  readonly target: Target;
  readonly signal: AbortSignal;
  readonly recorder: StageRecorder;
  readonly tokens: TokenSource;
  readonly redactor: Redactor;
  readonly words: Words;
}

/** A goodbye that is not answered within this time is not waited for. */
const LOGOUT_MS = 2000;

/** The machine slept, or its clock was set, where the wall clock gains more than this on the monotonic one. */
const SLEEP_MS = 2000;

export function createProbe({ tokens, redactor, reportBug }: Collaborators): Probe {
  const lag = createLagMeter();
  const words = createWords(redactor);
  return async (target, caller) => {
    const startedAt = Date.now();
    const took = stopwatch();
    const stoodStillMs = lag.begin();
    const deadline = createDeadline(target.timeoutMs, caller);
    const recorder = createStageRecorder((error) => {
      try {
        reportBug(withoutSecrets(error, redactor), target);
      } catch {
        // The stage says that there was a bug; who cannot take the report cannot be told more.
      }
    });
    const probe: ProbeResult = { target, signal: deadline.signal, recorder, tokens, redactor, words };
    const token = tokenLeg(probe);
    await mailLeg(probe, token);
    await token;
    deadline.cancel();
    const seconds = took();
    const lagMs = stoodStillMs();
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

/** The token, also where its claims speak against it: the server's own words are worth more than our reading. */
async function tokenLeg({ target, signal, recorder, tokens }: ProbeResult): Promise<Secret | undefined> {
  const granted = await recorder.runFor('token', signal, async () => {
    const outcome = await tokens.acquire(target.app, target.app.scope, signal);
    return outcome.ok ? { facts: outcome.facts, value: outcome } : outcome;
  });
  if (granted === undefined) return undefined;
  await recorder.run('claims', signal, async () => {
    // By the clock of who issued it: where only ours is wrong, the token works.
    const at = Date.now() - (granted.facts.clockSkewSeconds ?? 0) * 1000;
    const failure = claimsFailureOf({ claims: granted.claims, protocol: target.protocol, at });
    return await Promise.resolve({ facts: granted.claims, ...(failure === undefined ? {} : { failure }) });
  });
  return granted.token;
}

/** Goes on up to the login without the token: that the mail host greets us is evidence. */
async function mailLeg(probe: ProbeResult, arriving: Promise<Secret | undefined>): Promise<void> {
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
    conversation.close();
    reader.close();
  }
}

/** `dns`, `connect`, and `tls` where it comes first. */
async function dialHost({ target, signal, recorder, redactor }: ProbeResult): Promise<Socket | undefined> {
  const { host, port, tls } = target.endpoint;
  return await recorder.runAll('dns', signal, async () => {
    const { network } = target;
    const dialed = await dial({ host, port, tls: tls === 'implicit', network, signal, redactor });
    if (signal.aborted) dialed.socket?.destroy();
    return { stages: [dialed.dns, dialed.connect, dialed.tls], value: dialed.socket };
  });
}

/** From the plain greeting to TLS. Capabilities are asked for anew afterwards. */
async function startTls(
  probe: ProbeResult,
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

/** Where the connection still stands, whatever came before: servers count sessions that were left open. */
async function logOut(
  { target, signal, recorder }: ProbeResult,
  reader: LineReader,
  conversation: Conversation,
): Promise<void> {
  if (reader.failure() !== undefined) return;
  const goodbye = createDeadline(LOGOUT_MS, signal);
  goodbye.signal.addEventListener('abort', () => {
    reader.fail(failureOfAbort(goodbye.signal, "the server's goodbye"));
  });
  const answered = await recorder.run('logout', goodbye.signal, conversation.logout);
  goodbye.cancel();
  // After a failure it was a courtesy: a leg fails once.
  if (!answered && !isSuccess({ protocol: target.protocol, stages: recorder.stages() }))
    recorder.record(skippedStage('logout'));
}

/** Third-party errors may hold what they were sent. */
function withoutSecrets(error: unknown, redactor: Redactor): Error {
  if (!(error instanceof Error)) return new Error(redactor.redact(String(error)));
  const copy = new Error(redactor.redact(error.message));
  copy.name = redactor.redact(error.name);
  copy.stack = redactor.redact(error.stack ?? '');
  return copy;
}
