/**
 * `/probe?target=MAILBOX&module=imap`: the metrics of one mailbox over one protocol, as in blackbox_exporter. Only
 * configured mailboxes are accepted, so that no caller can choose where mailprobe connects. The answer is the last
 * result, or with `fresh=true` that of a new probe.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Evidence } from '../../model/evidence.ts';
import type { TargetStatus } from '../../model/status.ts';
import { PROTOCOL_IDS } from '../../model/protocol.ts';
import { cleanText } from '../../model/text.ts';
import { refuseCrossSite } from '../http/guard.ts';
import { protocolParameter, switchParameter } from '../http/parameters.ts';
import { ProblemError } from '../http/problem-details.ts';
import { badParameter, readSwitch } from '../http/query.ts';
import { probeMetrics, type Unended } from '../metrics/probe-metrics.ts';
import type { ReportSource } from '../source.ts';
import { traceText } from '../trace-text.ts';
import type { TraceLine } from '../../model/trace.ts';
import { mayStaySilent, type RouteContext, unknown } from './route-context.ts';
import type { Route, RouteRequest } from './route.ts';

/** This part of the scraper's timeout is left for the response. blackbox_exporter calls it `timeout-offset`. */
const MARGIN_SECONDS = 0.5;
/** If it is too soon for a new probe, a result that is at most this old is returned. */
const NEW_MS = 5_000;

const PROBE: Route = {
  id: 'probe',
  method: 'GET',
  path: '/probe',
  tag: 'metrics',
  access: 'metrics',
  summary: 'One mailbox over one protocol, as blackbox_exporter reports a target',
  description:
    'The last result, or a new probe for `fresh=true`; with `debug=true` a new probe with every stage and the dialogue as text, and then the metrics. A new probe may take the scrape timeout less half a second; one that has not ended by then counts as a failure.',
  parameters: [
    {
      name: 'target',
      in: 'query',
      required: true,
      description: 'Id of a mailbox in the configuration.',
      schema: { type: 'string' },
    },
    { ...protocolParameter('module', 'Over this protocol.'), required: true },
    switchParameter('fresh', 'Probe now. If that is too soon, a result younger than 5 seconds is returned.'),
    switchParameter(
      'debug',
      'Probe now, and answer with the stages and the dialogue of that probe. Secrets are redacted; nothing is kept.',
    ),
    {
      name: 'X-Prometheus-Scrape-Timeout-Seconds',
      in: 'header',
      description: 'How long the scraper will wait. Prometheus sends it.',
      schema: { type: 'number' },
    },
  ],
  answers: { 200: { description: 'Prometheus text.', content: { 'text/plain': 'text' } } },
  problems: ['unknown-mailbox', 'too-many-requests', 'no-result-yet', 'store-unavailable', 'replica-silent'],
  handler: (context) => async (request, reply, query) => {
    const isDebug = readSwitch(query, 'debug');
    const isFresh = readSwitch(query, 'fresh') || isDebug;
    if (isFresh) {
      refuseCrossSite(request);
      mayStaySilent(reply);
    }
    const status = find(context.source, required(query, 'target'), required(query, 'module'));
    const trace: TraceLine[] = [];
    const result = isFresh
      ? await probeFresh(context, status, request, isDebug ? trace : undefined)
      : status.lastProbe?.evidence;
    if (result === undefined) {
      const detail = 'This mailbox was not probed yet. Ask again later, or with fresh=true.';
      throw new ProblemError('no-result-yet', detail, { 'retry-after': '10' });
    }
    if (isDebug) {
      return reply
        .header('content-type', 'text/plain; charset=utf-8')
        .header('cache-control', 'no-store')
        .send(debugText(result, trace));
    }
    return reply
      .header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
      .send(probeMetrics(result));
  },
};

export const PROBE_ROUTES: readonly Route[] = [PROBE];

/** Returns the log of the probe and then the metrics, in the same order as blackbox_exporter. */
function debugText(result: Evidence | Unended, trace: readonly TraceLine[]): string {
  const stages = 'stages' in result ? traceText(result, trace) : 'The probe did not end in time.\n';
  const note =
    trace.length > 0
      ? ''
      : 'No dialogue: there was no connection, the probe was already under way, or another replica probed.\n';
  return `Stages of the probe, C: sent, S: received:\n\n${stages}${note}\nMetrics:\n\n${probeMetrics(result)}`;
}

function find(source: ReportSource, id: string, module: string): TargetStatus {
  const own = source.snapshot().targets.filter(({ target }) => target.mailbox.id === id);
  if (own.length === 0) throw unknown('mailbox', id);
  const status = own.find(({ target }) => target.protocol === module);
  if (status !== undefined) return status;
  const isProtocol = PROTOCOL_IDS.some((protocol) => protocol === module);
  const watched = own.map(({ target }) => target.protocol).join(' or ');
  const why = isProtocol ? 'over which this mailbox is not watched' : 'which is none';
  throw badParameter('module', `is "${cleanText(module, 40)}", ${why}. Expected ${watched}.`);
}

async function probeFresh(
  { source, probeLimit }: RouteContext,
  status: TargetStatus,
  request: RouteRequest,
  trace?: TraceLine[],
): Promise<Evidence | Unended | undefined> {
  const { lastProbe, target } = status;
  const isNew = lastProbe !== undefined && Date.now() - lastProbe.evidence.startedAt < NEW_MS;
  try {
    probeLimit([target]);
  } catch (error) {
    // A trace needs a new probe, because an earlier result holds no dialogue.
    if (isNew && trace === undefined) return lastProbe.evidence;
    throw error;
  }
  const beganMs = performance.now();
  const limit = new AbortController();
  const { mailbox, protocol } = target;
  const probed =
    trace === undefined
      ? source.probeNow(mailbox.id, [protocol])
      : source.traceNow(mailbox.id, protocol).then((lines) => {
          trace.push(...lines);
          return source.snapshot().targets.filter((one) => one.target.mailbox.id === mailbox.id);
        });
  // If the time limit is reached first, the probe continues, and the daemon records its result.
  probed.catch(() => undefined);
  const unended = delay(secondsAllowed(request) * 1000, undefined, { signal: limit.signal }).then(
    (): Unended => ({ seconds: (performance.now() - beganMs) / 1000 }),
  );
  unended.catch(() => undefined);
  try {
    const first = await Promise.race([probed, unended]);
    if ('seconds' in first) return first;
    return first.find((one) => one.target.protocol === target.protocol)?.lastProbe?.evidence;
  } finally {
    limit.abort();
  }
}

function required(parameters: ReadonlyMap<string, string>, name: string): string {
  const value = parameters.get(name);
  if (value === undefined || value === '') {
    throw badParameter(name, 'is missing. Expected /probe?target=MAILBOX&module=imap (or pop3).');
  }
  return value;
}

/**
 * Returns how long a new probe may take. It is the scrape timeout in the header of Prometheus minus the margin, but at
 * least half of that timeout. Without the header, only the deadline of the probe applies.
 */
function secondsAllowed({ headers }: RouteRequest): number {
  const given = Number(headers['x-prometheus-scrape-timeout-seconds'] ?? Number.NaN);
  // A probe takes less than a day. A timer must be shorter than 24 days.
  if (!(given > 0)) return 86_400;
  return Math.min(86_400, Math.max(given - MARGIN_SECONDS, given / 2));
}
