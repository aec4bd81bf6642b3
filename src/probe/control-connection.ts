/**
 * Does the token host still speak? A connection up to TLS and no further: no login, no request. Asked by the rim when
 * a mail host was silent and the token came from the cache, so that trouble of the mail host is told from trouble of
 * our own network.
 */
import type { Evidence } from '../model/evidence.ts';
import { failedStages, stageOf } from '../model/evidence.ts';
import type { Redactor } from '../model/redactor.ts';
import type { App } from '../model/target.ts';
import { createDeadline } from './deadline.ts';
import { dial } from './network/dial.ts';

export interface ControlAnswer {
  readonly spoke: boolean;
  /** Epoch milliseconds: when the question was put. */
  readonly at: number;
  /** When it says nothing any more. */
  readonly until: number;
}

/** A whole fleet falls silent at once: one answer serves all who ask within this time. */
const FRESH_MS = 10_000;
const TIMEOUT_MS = 5_000;

/** `timeoutMs`: after which silence is an answer. */
export function createControlConnections(
  redactor: Redactor,
  timeoutMs = TIMEOUT_MS,
): (app: App) => Promise<ControlAnswer> {
  const answers = new Map<string, { readonly at: number; readonly answer: Promise<ControlAnswer> }>();

  return async (app) => {
    const now = Date.now();
    const latest = answers.get(app.authority);
    if (latest !== undefined && now - latest.at < FRESH_MS) return await latest.answer;
    const answer = ask(app, redactor, timeoutMs, now);
    answers.set(app.authority, { at: now, answer });
    return await answer;
  };
}

/** The look's mail host said nothing, and the look does not know whether the token host would have. */
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
  // A connection that is taken and held is no word.
  const spoke = connect.outcome === 'ok' && tls.failure?.kind !== 'timeout';
  return { spoke, at, until: at + FRESH_MS + timeoutMs };
}
