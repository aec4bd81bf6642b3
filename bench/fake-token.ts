/**
 * Creates the token of a fake Entra. It is valid for IMAP and POP3 and as long as a real token, but its signature is
 * not valid. Called by the fake tenants of `bench/memory/` and `bench/chaos-cluster/`.
 */
const LIFETIME_S = 3_599;

/** Returns the answer of the token endpoint. `uti` is the id of the token. */
export function fakeTokenAnswer(clientId: string, uti: string): string {
  return JSON.stringify({
    token_type: 'Bearer',
    expires_in: LIFETIME_S,
    access_token: fakeToken(clientId, uti),
  });
}

function fakeToken(clientId: string, uti: string): string {
  const seconds = Math.floor(Date.now() / 1000);
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    aud: 'https://outlook.office365.com',
    iss: 'https://sts.windows.net/11111111-2222-3333-4444-555555555555/',
    appid: clientId,
    oid: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
    tid: '11111111-2222-3333-4444-555555555555',
    idtyp: 'app',
    appidacr: '1',
    roles: ['IMAP.AccessAsApp', 'POP.AccessAsApp'],
    iat: seconds,
    nbf: seconds - 300,
    exp: seconds + LIFETIME_S,
    ver: '1.0',
    uti,
  };
  return `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.${'s'.repeat(342)}`;
}
