/**
 * The SASL mechanism XOAUTH2, for both protocols: composes the initial response, and reads the server's error
 * challenge. https://developers.google.com/workspace/gmail/imap/xoauth2-protocol and
 * https://learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth
 */
import { decodeBase64 } from '../../model/base64.ts';
import type { StageFacts } from '../../model/evidence.ts';
import type { Failure } from '../../model/failure.ts';
import { parseJsonObject } from '../../model/json.ts';
import type { Secret } from '../../model/secret.ts';
import { cleanText } from '../../model/text.ts';
import type { Sanitize } from './server-text.ts';
import { StageFailure } from '../stage-failure.ts';

export const MECHANISM = 'XOAUTH2';

type Challenge = NonNullable<StageFacts['auth']['challenge']>;

/** Fields end at \x01, so a control character in a value could add fields. */
// oxlint-disable-next-line no-control-regex -- this expression rejects control characters
const CONTROL = /[\u0000-\u001F\u007F]/;
/**
 * Tokens that hold no control character. All mailboxes of an app use the same long token, so it is checked only once.
 */
const FIT = new WeakSet<Secret>();

/**
 * Returns the initial response in base64. Throws a `StageFailure` if the address or the token holds a control
 * character. The redactor already knows the token's base64 at each of the three offsets, and the rest of the response
 * is not secret.
 */
export function initialResponse(address: string, token: Secret): string {
  if (CONTROL.test(address)) throw new StageFailure(unfit('The mailbox address'));
  if (!FIT.has(token)) {
    if (CONTROL.test(token.reveal())) throw new StageFailure(unfit('The access token'));
    FIT.add(token);
  }
  return Buffer.from(`user=${address}\u0001auth=Bearer ${token.reveal()}\u0001\u0001`, 'utf8').toString(
    'base64',
  );
}

/** Reads a challenge such as `eyJzdGF0dXMiOiI0MDEi...`, which is JSON in base64. Undefined for anything else. */
export function readChallenge(base64: string, sanitize: Sanitize): Challenge | undefined {
  const json = parseJsonObject(decodeBase64(base64) ?? '');
  if (json === undefined) return undefined;
  const { status, schemes, scope } = json;
  return {
    ...(isScalar(status) ? { status: sanitize(String(status)) } : {}),
    ...(isScalar(schemes) ? { schemes: sanitize(String(schemes)) } : {}),
    ...(isScalar(scope) ? { scope: sanitize(String(scope)) } : {}),
  };
}

/** The failure for a server that does not offer XOAUTH2. No token is sent to it. */
export function notOffered(offered: readonly string[]): Failure {
  const list = offered.length === 0 ? 'none' : offered.join(', ');
  return {
    kind: 'protocol',
    code: 'mechanism-not-offered',
    text: cleanText(`The server does not offer SASL ${MECHANISM}. It offers: ${list}.`),
  };
}

function unfit(what: string): Failure {
  return {
    kind: 'credential',
    code: 'control-character',
    text: `${what} holds a control character and cannot be sent in SASL ${MECHANISM}.`,
  };
}

function isScalar(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}
