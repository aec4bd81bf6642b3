/**
 * Decides whether a configured proxy explains a failure. The failure is a connection that failed at the proxy or behind
 * it, or a login that was cut off. Used by the rule `proxy-failure`.
 */
import { stageOf } from '../model/evidence.ts';
import type { CaseFacts } from './case-facts.ts';
import { BROKEN_OFF, type NetworkFailure } from './failures.ts';
import { endpointsOf, routeOf, type Names } from './names.ts';
import type { Fit } from './network-finding.ts';
import type { Rule } from './rule.ts';

type Detail =
  | 'unreachable'
  | 'untrusted'
  | 'unanswered'
  | 'unable'
  | 'tunnel-cut'
  | 'wants-authentication'
  | 'wants-other-authentication';

export const PROXY_TITLES: ReadonlyMap<string | undefined, (names: Names) => string> = new Map<
  Detail,
  (names: Names) => string
>([
  ['unreachable', (names) => `This machine does not reach ${endpointsOf(names)}`],
  ['untrusted', (names) => `This machine does not trust the certificate of ${endpointsOf(names)}`],
  [
    'unanswered',
    (names) => `The request for a connection to ${endpointsOf(names)}${routeOf(names)} gets no answer`,
  ],
  [
    'unable',
    (names) =>
      `There is no connection to ${endpointsOf(names)}${routeOf(names)}: the proxy does not reach it`,
  ],
  [
    'tunnel-cut',
    (names) =>
      `The connection to ${endpointsOf(names)}${routeOf(names)} opens, but then nothing arrives or it is cut off`,
  ],
  [
    'wants-authentication',
    (names) =>
      `${endpointsOf(names)} requires a user and password: none are configured, or it refuses those that are`,
  ],
  [
    'wants-other-authentication',
    (names) => `${endpointsOf(names)} requires a kind of authentication that mailprobe does not support`,
  ],
]);

/**
 * Returns undefined if no proxy is configured. If the tunnel opened, the host itself might have answered, so only a
 * timeout or a cut connection counts then.
 */
export function configuredProxy(failedLeg: NetworkFailure, { evidence }: CaseFacts): Fit | undefined {
  const { at, failure } = failedLeg;
  switch (failedLeg.proxy) {
    case 'unreached':
      // The first step is to resolve the name of the proxy. If it fails, nothing else is tried.
      if (at === 'dns') return { confidence: 'possible', ofProxy: true, detail: 'unreachable' };
      return {
        confidence: failure.code === 'ECONNREFUSED' ? 'certain' : 'likely',
        ofProxy: true,
        detail: 'unreachable',
      };
    case 'silent':
      return { confidence: 'likely', position: 'proxy-failure: configured', detail: 'unanswered' };
    case 'unable':
      return { confidence: 'likely', position: 'proxy-failure: configured', detail: 'unable' };
    case 'refused':
      return refused(failedLeg);
    case 'opened':
      if (!BROKEN_OFF.has(failure.kind)) return undefined;
      // After a complete TLS handshake, the probe has reached the host itself, so the host is the first suspect.
      return at === 'tls' || (at === 'greeting' && stageOf(evidence, 'tls')?.outcome !== 'ok')
        ? { confidence: 'likely', position: 'proxy-failure: configured', detail: 'tunnel-cut' }
        : { confidence: 'possible', detail: 'tunnel-cut' };
    default:
      return undefined;
  }
}

const SOCKS_AUTHENTICATION: ReadonlySet<string | undefined> = new Set([
  'SOCKS_NO_ACCEPTABLE_METHOD',
  'SOCKS_AUTHENTICATION_FAILED',
]);

function refused({ failure }: NetworkFailure): Fit {
  if (SOCKS_AUTHENTICATION.has(failure.code))
    return { confidence: 'certain', ofProxy: true, detail: 'wants-authentication' };
  // A TLS code means that the certificate of an https: proxy is not trusted.
  if (failure.code !== undefined && /^(?:CERT|DEPTH|ERR_TLS|SELF|UNABLE|UNTRUSTED)_/.test(failure.code))
    return { confidence: 'certain', ofProxy: true, detail: 'untrusted' };
  if (failure.status !== '407') return { confidence: 'certain' };
  const isOther = failure.schemes !== undefined && !failure.schemes.includes('basic');
  return {
    confidence: 'certain',
    ofProxy: true,
    detail: isOther ? 'wants-other-authentication' : 'wants-authentication',
  };
}

/** Applies if a login through a proxy is cut off. Some proxies close tunnels that are idle or a few seconds old. */
export const proxyAtLogin: Rule['when'] = ({ mail, names }) =>
  names.mailHost.proxy !== undefined &&
  (mail?.stage === 'auth' || mail?.stage === 'open') &&
  BROKEN_OFF.has(mail.failure.kind)
    ? { confidence: 'possible', about: 'mail', detail: 'tunnel-cut' }
    : undefined;
