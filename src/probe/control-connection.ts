/**
 * Does the token host still answer? Connects to it and completes TLS, without login and request. The engine calls this
 * after a probe whose mail host was silent and whose token came from the cache. If the token host is silent too, the
 * failure is in our own network.
 */
import type { Evidence } from '../model/evidence.ts';
import { failedStages, stageOf } from '../model/evidence.ts';
import type { Redactor } from '../model/redactor.ts';
import type { App } from '../model/target.ts';
import { createDeadline } from './deadline.ts';
import { dial } from './network/dial.ts';

export interface ControlAnswer {
  /** True if the host answered. Absent if TLS failed through a proxy, because the proxy may be at fault. */
  readonly responds?: boolean;
  /** Epoch milliseconds at the start of the connection. */
  readonly at: number;
  /** The answer counts until this time, in epoch milliseconds. */
  readonly until: number;
}

/** One answer serves all calls within this time, because a whole fleet may fall silent at once. */
const FRESH_MS = 10_000;
const TIMEOUT_MS = 5_000;

/** `timeoutMs`: a host that is silent for this long counts as not answering. */
export function createControlConnections(
  redactor: Redactor,
  timeoutMs = TIMEOUT_MS,
): (app: App) => Promise<ControlAnswer> {
  const answers = new Map<string, { readonly at: number; readonly answer: Promise<ControlAnswer> }>();

  return async (app) => {
    const now = Date.now();
    const key = `${app.authority} ${app.network.proxy?.href ?? ''}`;
    const last = answers.get(key);
    if (last !== undefined && now - last.at < FRESH_MS) return await last.answer;
    const answer = ask(app, redactor, timeoutMs, now);
    answers.set(key, { at: now, answer });
    return await answer;
  };
}

/** True if the mail host was silent and the probe did not contact the token host. */
export function needsControl(evidence: Evidence): boolean {
  const { source, refreshFailure } = stageOf(evidence, 'token')?.facts ?? {};
  const silent = failedStages(evidence).some(
    ({ stage, failure }) =>
      stage === 'dns' || stage === 'connect' || (stage === 'tls' && failure?.kind === 'timeout'),
  );
  return silent && source === 'cache' && refreshFailure === undefined;
}

async function ask(
  { authority, network }: App,
  redactor: Redactor,
  timeoutMs: number,
  at: number,
): Promise<ControlAnswer> {
  const { hostname, port } = new URL(authority);
  const deadline = createDeadline(timeoutMs, new AbortController().signal);
  const { connect, tls, socket } = await dial({
    host: hostname,
    port: port === '' ? 443 : Number(port),
    tls: true,
    network,
    signal: deadline.signal,
    redactor,
  });
  deadline.cancel();
  socket?.destroy();
  // A host that accepts the connection but does not answer to TLS counts as silent.
  const responds = connect.outcome === 'ok' && tls.failure?.kind !== 'timeout';
  const until = at + FRESH_MS + timeoutMs;
  if (network.proxy === undefined) return { responds, at, until };
  return tls.outcome === 'ok' ? { responds: true, at, until } : { at, until };
}
