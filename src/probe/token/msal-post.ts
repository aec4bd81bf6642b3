/**
 * Sends one token request through msal-node, which knows the form of the request and the certificate assertion. The
 * answer is recorded on its way to msal, and parsed by token-answer.ts and token-grant.ts. msal itself drops most of an
 * error, and takes an answer without a token for an empty token. Each request has its own msal client, because a client
 * that is used again answers from memory after a 429 or 5xx.
 */
import { ConfidentialClientApplication, type INetworkModule } from '@azure/msal-node';
import type { App } from '../../model/target.ts';
import type { Redactor } from '../../model/redactor.ts';
import type { HttpsAnswer, sendHttpsRequest } from '../network/https-request.ts';
import type { ClientCredential } from './client-credential.ts';
import { parseJsonObject } from '../../model/json.ts';

/** The limit for one answer, in bytes. Entra's answers are shorter than 8 KB, so a longer answer is not from Entra. */
const LONGEST_ANSWER = 256 * 1024;

export type SendHttps = typeof sendHttpsRequest;

export interface TokenPost {
  readonly app: App;
  readonly scope: string;
  readonly credential: ClientCredential;
  readonly correlationId: string;
  readonly signal: AbortSignal;
  readonly send: SendHttps;
  readonly redactor: Redactor;
}

/** The answer of the network, or msal's reason for sending nothing. */
export type PostResult =
  | { readonly reply: HttpsAnswer }
  | { readonly reply?: never; readonly msalCode: string };

export function tokenEndpoint(app: App): string {
  return `${app.authority}/${encodeURIComponent(app.tenant)}/oauth2/v2.0/token`;
}

/** Never rejects. */
export async function postTokenRequest(post: TokenPost): Promise<PostResult> {
  let reply: HttpsAnswer | undefined;
  const networkClient: INetworkModule = {
    sendGetRequestAsync: () => Promise.reject(new Error('no discovery is needed')),
    sendPostRequestAsync: async (url, options) => {
      reply = await sendForm(new URL(url), options?.headers ?? {}, options?.body ?? '', post);
      if (reply.outcome === 'failed') throw new Error('no answer');
      // msal fails if an answer is not a JSON object, so it gets an empty one.
      const body = parseJsonObject(reply.body) === undefined ? '{}' : reply.body;
      return { status: reply.status, headers: {}, body: JSON.parse(body) };
    },
  };
  let msalCode = 'nothing_sent';
  try {
    await createClient(post, networkClient).acquireTokenByClientCredential({
      scopes: [post.scope],
      correlationId: post.correlationId,
      skipCache: true,
    });
  } catch (error) {
    msalCode = codeOf(error);
  }
  return reply === undefined ? { msalCode } : { reply };
}

/** `knownAuthorities` and `authorityMetadata` keep msal from discovering the endpoints over the internet. */
function createClient(
  { app, credential }: TokenPost,
  networkClient: INetworkModule,
): ConfidentialClientApplication {
  const authority = `${app.authority}/${encodeURIComponent(app.tenant)}`;
  return new ConfidentialClientApplication({
    auth: {
      clientId: app.clientId,
      authority,
      knownAuthorities: [new URL(app.authority).host],
      authorityMetadata: JSON.stringify({
        token_endpoint: tokenEndpoint(app),
        authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
        end_session_endpoint: `${authority}/oauth2/v2.0/logout`,
        jwks_uri: `${authority}/discovery/v2.0/keys`,
        issuer: `${authority}/v2.0`,
      }),
      ...credential,
    },
    system: { networkClient },
  });
}

async function sendForm(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  { app, signal, send, redactor }: TokenPost,
): Promise<HttpsAnswer> {
  const assertion = new URLSearchParams(body).get('client_assertion');
  if (assertion !== null) redactor.add(assertion);
  return await send({
    url,
    method: 'POST',
    headers: { ...headers, accept: 'application/json' },
    body,
    network: app.network,
    signal,
    maxBytes: LONGEST_ANSWER,
    redactor,
  });
}

/**
 * msal's `errorCode` is a fixed word such as `missing_tenant_id_error`. Its message may hold anything, so it is not
 * used.
 */
function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'errorCode') : undefined;
  return typeof code === 'string' ? code : 'msal_error';
}
