/**
 * A token endpoint for real mail servers: answers client-credential requests with a JWT that it signs itself and
 * that names the mailbox in `upn`, because Dovecot wants the user's name in the token. One app per mailbox.
 */
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { text } from 'node:stream/consumers';
import { SignJWT } from 'jose';
import { portOf } from './port-of.ts';
import type { IssuedCertificate } from '../../src/sandbox/certificates.ts';

export interface TokenIssuer {
  readonly authority: string;
  /** SPKI PEM: what a server checks our tokens with. */
  readonly publicKey: string;
  /** What the next tokens of that client say; merged over the defaults. `exp` in seconds. */
  readonly claims: Map<string, Record<string, unknown>>;
  /** Clients whose tokens are signed by a key that nobody knows. */
  readonly forged: Set<string>;
  /** A token as the endpoint would issue it to that client. */
  readonly issue: (clientId: string) => Promise<string>;
  readonly requests: () => number;
  readonly close: () => Promise<void>;
}

export async function startTokenIssuer(certificate: IssuedCertificate): Promise<TokenIssuer> {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const otherKeys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const claims = new Map<string, Record<string, unknown>>();
  const forged = new Set<string>();
  let requests = 0;

  const issue = async (clientId: string): Promise<string> => {
    const now = Math.floor(Date.now() / 1000);
    const key = forged.has(clientId) ? otherKeys.privateKey : keys.privateKey;
    return await new SignJWT({
      sub: clientId,
      iat: now,
      nbf: now - 5,
      exp: now + 3600,
      ...claims.get(clientId),
    })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
      .sign(key);
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    requests += 1;
    const clientId = new URLSearchParams(await text(request)).get('client_id') ?? '';
    response.setHeader('content-type', 'application/json');
    const token = await issue(clientId);
    response.end(JSON.stringify({ token_type: 'Bearer', expires_in: 3599, access_token: token }));
  };
  const server = createServer(
    { cert: certificate.cert, key: certificate.key },
    (request, response) => void answer(request, response),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    authority: `https://127.0.0.1:${portOf(server)}`,
    publicKey: keys.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    claims,
    forged,
    issue,
    requests: () => requests,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
