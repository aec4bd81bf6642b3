/**
 * Who may ask for what: bearer tokens, the names we may be called by, and requests that another site made a browser
 * send. Stands before every route, and before what is none.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Exposure } from '../../model/exposure.ts';
import type { Secret } from '../../model/secret.ts';
import { cleanText } from '../../model/text.ts';
import { ProblemError } from './problem-details.ts';

/** `anyone`: needs no token, ever. */
export type Access = 'anyone' | 'api' | Exposure;

export interface Protection {
  /** Absent: everyone may ask for everything. Several, so that one can be replaced by another. */
  readonly tokens?: readonly Secret[] | undefined;
  readonly open: readonly Exposure[];
  /**
   * Names by which we may be called besides those of the loopback. Absent: any. While tokens are set they do not
   * matter: a name that somebody points at us brings no token.
   */
  readonly hosts?: readonly string[] | undefined;
}

export interface Guard {
  /** May this caller see it? */
  readonly admits: (request: FastifyRequest, access: Access) => boolean;
}

const CHALLENGE = 'Bearer realm="mailprobe", Basic realm="mailprobe", charset="UTF-8"';
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** `accessTo`: what a request asks for; called before it is looked at any closer. */
export function addGuard(
  app: FastifyInstance,
  protection: () => Protection,
  accessTo: (request: FastifyRequest) => Access,
): Guard {
  const guard: Guard = {
    admits: ({ headers }, access) => {
      const { tokens, open } = protection();
      if (tokens === undefined || access === 'anyone' || open.some((name) => name === access)) return true;
      return isOneOf(tokens, credentialsOf(headers.authorization));
    },
  };
  app.addHook('onRequest', async (request) => {
    refuseWrongHost(request, protection());
    const access = accessTo(request);
    if (!guard.admits(request, access)) throw unauthorised(request);
    if (!mayComeFromElsewhere(request, access)) refuseCrossSite(request);
  });
  return guard;
}

function unauthorised({ headers }: FastifyRequest): ProblemError {
  const came = headers.authorization === undefined ? 'none came' : 'what came is none of them';
  const detail = `Expected "Authorization: Bearer TOKEN" with a token of the tokens_file, ${came}. A browser may send it as the password of any user name.`;
  return new ProblemError('unauthorised', detail, { 'www-authenticate': CHALLENGE });
}

/** The token, also as the password of HTTP Basic (RFC 7617): browsers and calendars know nothing else. */
function credentialsOf(authorization: string | undefined): string | undefined {
  const [, scheme, value] = /^(bearer|basic) +(\S+) *$/i.exec(authorization ?? '') ?? [];
  if (scheme === undefined || value === undefined) return undefined;
  if (scheme.toLowerCase() === 'bearer') return value;
  const pair = Buffer.from(value, 'base64').toString('utf8');
  return pair.includes(':') ? pair.slice(pair.indexOf(':') + 1) : undefined;
}

/** All are compared, whichever fits: the time taken tells neither which one, nor how much of it. */
function isOneOf(tokens: readonly Secret[], given: string | undefined): boolean {
  const digest = sha256(given ?? '');
  let found = false;
  for (const token of tokens) found = timingSafeEqual(sha256(token.reveal()), digest) || found;
  return found && given !== undefined;
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}

/** Loopback is open to every page in the browser of this machine that gives our address a name of its own. */
function refuseWrongHost({ headers }: FastifyRequest, { tokens, hosts }: Protection): void {
  const { host } = headers;
  if (hosts === undefined || tokens !== undefined || host === undefined) return;
  const name = host.replace(/:\d*$/, '').toLowerCase();
  if (isLoopbackName(name) || hosts.some((known) => known.toLowerCase() === name)) return;
  const detail = `Expected to be called by a name of this machine, or one of "hosts" under "http" in the configuration; got "${cleanText(name, 80)}".`;
  throw new ProblemError('wrong-host', detail);
}

/** As a listen address or a `Host` has it, with or without the brackets of IPv6. */
export function isLoopbackName(name: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/.test(name);
}

/** What everyone may read, and a link that a person follows. All else costs a rendering, or more. */
function mayComeFromElsewhere({ method, headers }: FastifyRequest, access: Access): boolean {
  if (!SAFE_METHODS.has(method)) return false;
  return (
    access === 'anyone' ||
    (headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document')
  );
}

/** For what changes or costs something (CSRF): the browser says that it was another site that asked. */
export function refuseCrossSite({ headers }: FastifyRequest): void {
  const site = headers['sec-fetch-site'];
  const { origin, host } = headers;
  const isForeign =
    site === undefined
      ? origin !== undefined && !(URL.canParse(origin) && new URL(origin).host === host)
      : site !== 'same-origin' && site !== 'none';
  if (!isForeign) return;
  throw new ProblemError('cross-site', 'A page of another site may not ask for this through a browser.');
}
