/**
 * Access control: bearer tokens, allowed host names, and protection from cross-site requests. It runs before every
 * route, and before the 404 of an unknown path.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Exposure } from '../../model/exposure.ts';
import type { Secret } from '../../model/secret.ts';
import { cleanText } from '../../model/text.ts';
import { ProblemError } from './problem-details.ts';

/**
 * The access class of a route. `anyone` never needs a token. The others need one if tokens are configured, except an
 * `Exposure` that the configuration opened. `act` is the class of the forms on the pages.
 */
export type Access = 'anyone' | 'api' | 'act' | Exposure;

export interface Protection {
  /**
   * If absent, every caller may use every route, except those of the class `act`: they are allowed only from this
   * machine. There may be several tokens, so that they can be replaced one after the other.
   */
  readonly tokens?: readonly Secret[] | undefined;
  readonly open: readonly Exposure[];
  /**
   * Host names that a request may use, besides those of the loopback address. If absent, any name is allowed. Not
   * checked if tokens are configured: tokens also protect from DNS rebinding, because a malicious page has none.
   */
  readonly hosts?: readonly string[] | undefined;
}

export interface Guard {
  /** Whether this caller may use routes of the class `access`. */
  readonly admits: (request: FastifyRequest, access: Access) => boolean;
  /**
   * Whether to show the forms to this caller. If tokens are configured, the forms are always shown, because the browser
   * then asks for a token. Otherwise they are shown only on this machine.
   */
  readonly mayAct: (request: FastifyRequest) => boolean;
}

const CHALLENGE = 'Bearer realm="mailprobe", Basic realm="mailprobe", charset="UTF-8"';
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** `accessTo` returns the access class of a request. Every request is checked before its body is read. */
export function addGuard(
  app: FastifyInstance,
  protection: () => Protection,
  accessTo: (request: FastifyRequest) => Access,
): Guard {
  const guard: Guard = {
    admits: (request, access) => {
      const { tokens, open, hosts } = protection();
      if (access === 'anyone' || open.some((name) => name === access)) return true;
      if (tokens === undefined) return access !== 'act' || comesFromThisMachine(request, hosts);
      return isOneOf(tokens, credentialsOf(request.headers.authorization));
    },
    mayAct: (request) => {
      const { tokens, hosts } = protection();
      return tokens !== undefined || comesFromThisMachine(request, hosts);
    },
  };
  app.addHook('onRequest', async (request) => {
    refuseWrongHost(request, protection());
    const access = accessTo(request);
    if (!guard.admits(request, access)) throw refusal(request, protection());
    if (!mayComeFromElsewhere(request, access)) refuseCrossSite(request);
  });
  return guard;
}

function refusal({ headers }: FastifyRequest, { tokens }: Protection): ProblemError {
  if (tokens === undefined) {
    const detail =
      'Without tokens, these forms work only from a browser on the machine of mailprobe itself. Set http.tokens_file.';
    return new ProblemError('no-tokens', detail);
  }
  const came = headers.authorization === undefined ? 'none came' : 'what came is none of them';
  const detail = `Expected "Authorization: Bearer TOKEN" with a token of the tokens_file, ${came}. A browser may send it as the password of any user name.`;
  return new ProblemError('unauthorised', detail, { 'www-authenticate': CHALLENGE });
}

/**
 * Returns the token of a Bearer header or the password of HTTP Basic (RFC 7617). Browsers and calendars support only
 * Basic. Undefined if the header has neither.
 */
function credentialsOf(authorization: string | undefined): string | undefined {
  const [, scheme, value] = /^(bearer|basic) +(\S+) *$/i.exec(authorization ?? '') ?? [];
  if (scheme === undefined || value === undefined) return undefined;
  if (scheme.toLowerCase() === 'bearer') return value;
  const pair = Buffer.from(value, 'base64').toString('utf8');
  return pair.includes(':') ? pair.slice(pair.indexOf(':') + 1) : undefined;
}

/** Compares with all tokens in constant time. So the duration shows neither which token matches, nor how much of it. */
function isOneOf(tokens: readonly Secret[], given: string | undefined): boolean {
  const digest = sha256(given ?? '');
  let found = false;
  for (const token of tokens) found = timingSafeEqual(sha256(token.reveal()), digest) || found;
  return found && given !== undefined;
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}

/**
 * Throws if the name in the `Host` header is not allowed. This check protects a listener on the loopback address from
 * DNS rebinding by a page in a browser on this machine.
 */
function refuseWrongHost({ headers }: FastifyRequest, { tokens, hosts }: Protection): void {
  const { host } = headers;
  if (hosts === undefined || tokens !== undefined || host === undefined) return;
  const name = host.replace(/:\d*$/, '').toLowerCase();
  if (isLoopbackName(name) || hosts.some((known) => known.toLowerCase() === name)) return;
  const detail = `Expected a name of this machine in the request, or one of "hosts" under "http" in the configuration; got "${cleanText(name, 80)}".`;
  throw new ProblemError('wrong-host', detail);
}

/**
 * Checks both the address and the `Host` header. With DNS rebinding, the address is the loopback address, but the
 * header holds the name of the malicious page.
 */
function comesFromThisMachine({ headers, socket }: FastifyRequest, hosts: readonly string[] = []): boolean {
  const address = socket.remoteAddress?.replace(/^::ffff:/, '') ?? '';
  const name = headers.host?.replace(/:\d*$/, '').toLowerCase() ?? '';
  return (
    isLoopbackName(address) && (isLoopbackName(name) || hosts.some((known) => known.toLowerCase() === name))
  );
}

/** Takes a listen address or a `Host` value. An IPv6 address may be in brackets. */
export function isLoopbackName(name: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/.test(name);
}

/**
 * Whether another site is allowed to cause this request. Allowed are requests for public routes, and a link that a
 * person follows. All other requests are refused, because each costs at least the rendering of a page.
 */
function mayComeFromElsewhere({ method, headers }: FastifyRequest, access: Access): boolean {
  if (!SAFE_METHODS.has(method)) return false;
  return (
    access === 'anyone' ||
    (headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document')
  );
}

/**
 * Throws if the browser reports that another site made the request (CSRF). The browser reports it in `Sec-Fetch-Site`,
 * or else in `Origin`.
 */
export function refuseCrossSite({ headers }: FastifyRequest): void {
  const site = headers['sec-fetch-site'];
  const { origin, host } = headers;
  const isForeign =
    site === undefined
      ? origin !== undefined && !(URL.canParse(origin) && new URL(origin).host === host)
      : site !== 'same-origin' && site !== 'none';
  if (!isForeign) return;
  throw new ProblemError(
    'cross-site',
    'A web page of another site may not request this through your browser.',
  );
}
