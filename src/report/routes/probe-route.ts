/**
 * `/probe?target=MAILBOX&module=imap`: one mailbox over one protocol as its own scrape target, in the manner of
 * blackbox_exporter. Configured mailboxes only: nobody can make us connect elsewhere. The last result, unless
 * `fresh=true` asks for a look now.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { cleanText } from '../../model/text.ts';
import { PROTOCOLS } from '../../model/target.ts';
import type { TargetStatus } from '../../model/status.ts';
import { refuseCrossSite } from '../http/guard.ts';
import { ProblemError } from '../http/problem-details.ts';
import { badParameter, readQuery, readSwitch } from '../http/query.ts';
import { probeMetrics, type Unended } from '../probe-metrics.ts';
import { mayStaySilent, type RouteContext, unknown } from './route-context.ts';

/** What is left of the scraper's timeout for the answer to arrive: blackbox's `timeout-offset`. */
const MARGIN_SECONDS = 0.5;
/** A result as new as this is told in place of a look for which it is too soon. */
const NEW_MS = 5_000;

export function addProbeRoute(app: FastifyInstance, { source, lookLimit }: RouteContext): void {
  const find = (id: string, module: string): TargetStatus => {
    const own = source.snapshot().targets.filter(({ target }) => target.mailbox.id === id);
    if (own.length === 0) throw unknown('mailbox', id);
    const status = own.find(({ target }) => target.protocol === module);
    if (status !== undefined) return status;
    const isProtocol = PROTOCOLS.some((protocol) => protocol === module);
    const watched = own.map(({ target }) => target.protocol).join(' or ');
    const why = isProtocol ? 'over which this mailbox is not watched' : 'which is none';
    throw badParameter('module', `is "${cleanText(module, 40)}", ${why}. Expected ${watched}.`);
  };

  const look = async (status: TargetStatus, request: FastifyRequest) => {
    const { lastLook, target } = status;
    const isNew = lastLook !== undefined && Date.now() - lastLook.evidence.startedAt < NEW_MS;
    try {
      lookLimit([target]);
    } catch (error) {
      if (isNew) return lastLook.evidence;
      throw error;
    }
    const beganMs = performance.now();
    const limit = new AbortController();
    const looked = source.probeNow(target.mailbox.id, [target.protocol]);
    // Where the limit is first, the look goes on for the daemon; what becomes of it is in its own log.
    looked.catch(() => undefined);
    const unended = delay(secondsAllowed(request) * 1000, undefined, { signal: limit.signal }).then(
      (): Unended => ({ seconds: (performance.now() - beganMs) / 1000 }),
    );
    unended.catch(() => undefined);
    try {
      const first = await Promise.race([looked, unended]);
      if ('seconds' in first) return first;
      return first.find((one) => one.target.protocol === target.protocol)?.lastLook?.evidence;
    } finally {
      limit.abort();
    }
  };

  app.get('/probe', async (request, reply) => {
    const parameters = readQuery(request.query, ['target', 'module', 'fresh']);
    const isFresh = readSwitch(parameters, 'fresh');
    if (isFresh) {
      refuseCrossSite(request);
      mayStaySilent(reply);
    }
    const status = find(required(parameters, 'target'), required(parameters, 'module'));
    const result = isFresh ? await look(status, request) : status.lastLook?.evidence;
    if (result === undefined) {
      const detail = 'This mailbox was not looked at yet. Ask again later, or with fresh=true.';
      throw new ProblemError('no-result-yet', detail, { 'retry-after': '10' });
    }
    return reply
      .header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
      .send(probeMetrics(result));
  });
}

function required(parameters: ReadonlyMap<string, string>, name: string): string {
  const value = parameters.get(name);
  if (value === undefined || value === '') {
    throw badParameter(name, 'is missing. Expected /probe?target=MAILBOX&module=imap (or pop3).');
  }
  return value;
}

/** Prometheus says how long it will wait. Without that, the look's own timeout ends it. */
function secondsAllowed({ headers }: FastifyRequest): number {
  const given = Number(headers['x-prometheus-scrape-timeout-seconds'] ?? Number.NaN);
  // The longest delay of a timer is 24 days.
  if (!(given > 0)) return 86_400;
  return Math.min(86_400, Math.max(given - MARGIN_SECONDS, given / 2));
}
