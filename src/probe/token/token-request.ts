/**
 * Sends one token request to Entra, from reading the credential to parsing the answer. Called by the provider, which
 * passes the memory of the app's credential. Never rejects.
 */
import { randomUUID } from 'node:crypto';
import type { TokenFacts } from '../../model/evidence.ts';
import type { Failure } from '../../model/failure.ts';
import type { Redactor } from '../../model/redactor.ts';
import { Secret } from '../../model/secret.ts';
import { SLOW_FILE } from '../../model/starved.ts';
import type { App, Credential } from '../../model/target.ts';
import { cleanText } from '../../model/text.ts';
import { untrustedAnswer } from '../untrusted-answer.ts';
import { failureOfAbort } from '../network/system-failure.ts';
import {
  type ClientCredential,
  type CredentialReaders,
  placeOf,
  readCredential,
} from './client-credential.ts';
import { type CredentialMemory, orWithPrevious } from './credential-memory.ts';
import { type PostResult, postTokenRequest, type SendHttps, tokenEndpoint } from './msal-post.ts';
import { parseJsonObject } from '../../model/json.ts';
import type { Clean } from './oauth-error.ts';
import type { TokenReply } from './token-reply.ts';
import { notOAuth, readFacts, readFailure, serverNow } from './token-answer.ts';
import { readGrant } from './token-grant.ts';
import { untilAborted } from './until-aborted.ts';

export interface TokenCollaborators extends CredentialReaders {
  readonly send: SendHttps;
}

export async function requestToken(
  app: App,
  scope: string,
  signal: AbortSignal,
  { send, ...readers }: TokenCollaborators,
  memory: CredentialMemory,
): Promise<TokenReply> {
  const { redactor } = readers;
  const asked: TokenFacts = { source: 'fetched', endpoint: tokenEndpoint(app) };
  const reading = await untilAborted(readCredential(app.credential, readers), signal);
  if (reading === undefined) {
    return { ok: false, requests: 0, facts: asked, failure: notReadInTime(app.credential, signal) };
  }
  const ask = async (credential: ClientCredential): Promise<TokenReply> => {
    const correlationId = randomUUID();
    const facts: TokenFacts = {
      ...asked,
      correlationId,
      ...(reading.ok && reading.secretShape !== undefined && { secretShape: reading.secretShape }),
    };
    const sentAt = Date.now();
    const result = await postTokenRequest({ app, scope, credential, correlationId, signal, send, redactor });
    return readResult(result, { facts, sentAt, redactor });
  };
  if (reading.ok) return await orWithPrevious(await ask(reading.credential), reading.credential, memory, ask);
  const unread: TokenReply = { ok: false, requests: 0, facts: asked, failure: reading.failure };
  return await orWithPrevious(unread, undefined, memory, ask);
}

/**
 * The failure if the credential was not read before the signal aborted. No host is at fault. Either the file or this
 * process is slow.
 */
function notReadInTime(credential: Credential, signal: AbortSignal): Failure {
  const failure = failureOfAbort(signal, 'the credential to be read');
  if (failure.kind !== 'timeout') return failure;
  const text = `The credential was not read in time: ${placeOf(credential)} did not answer before the deadline. Check its file system.`;
  return { kind: 'credential', code: SLOW_FILE, text: cleanText(text) };
}

interface Asked {
  readonly facts: TokenFacts;
  readonly sentAt: number;
  readonly redactor: Redactor;
}

function readResult(result: PostResult, { facts: asked, sentAt, redactor }: Asked): TokenReply {
  if (result.reply === undefined) {
    const text = `The token request cannot be made from this configuration (msal: ${result.msalCode}).`;
    return {
      ok: false,
      requests: 0,
      facts: asked,
      failure: { kind: 'unexpected', code: result.msalCode, text },
    };
  }
  const { reply } = result;
  const connection = { ...asked, ...(reply.certificate !== undefined && { certificate: reply.certificate }) };
  if (reply.outcome === 'failed') {
    return {
      ok: false,
      requests: 1,
      facts: { ...connection, stoppedAt: reply.stoppedAt },
      failure: reply.failure,
    };
  }
  const body = parseJsonObject(reply.body);
  // Register the token before any text of the answer is shown. A rejected answer may hold a token, too.
  if (typeof body?.access_token === 'string') redactor.add(body.access_token);
  const clean: Clean = (text, limit) => untrustedAnswer(text, redactor, limit);
  const answered = { requests: 1, facts: { ...connection, ...readFacts(reply, clean) } };
  const failure = readFailure(reply, clean);
  if (failure !== undefined) return { ok: false, ...answered, failure };
  if (body === undefined) return { ok: false, ...answered, failure: notOAuth(reply, clean) };
  const grant = readGrant(body, { own: Date.now(), host: serverNow(reply) }, clean);
  if (!grant.ok) {
    return { ok: false, ...answered, failure: { ...grant.failure, status: String(reply.status) } };
  }
  const { claims, lifetimeMs, clockWitness } = grant;
  const facts = { ...answered.facts, ...(clockWitness !== undefined && { clockWitness }) };
  return { ok: true, requests: 1, facts, token: new Secret(grant.token), claims, sentAt, lifetimeMs };
}
