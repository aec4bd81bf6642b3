/** An app, a cache and a fake endpoint that know one another: what the tests of tokens begin with. */
import { readFile } from 'node:fs/promises';
import { createRedactor, type Redactor } from '../../../src/model/redactor.ts';
import { Secret } from '../../../src/model/secret.ts';
import type { App, SecretSource } from '../../../src/model/target.ts';
import { createTokenCache } from '../../../src/probe/token/token-cache.ts';
import type { TokenCache } from '../../../src/probe/token/token-source.ts';
import { createCertificateAuthority } from '../../../src/sandbox/certificates.ts';
import { createFakeTokenEndpoint, type FakeTokenEndpoint } from '../../fakes/fake-token-endpoint.ts';
import { readFile as readBounded } from '../../support/files.ts';

export const MAIL_SCOPE = 'https://outlook.office365.com/.default';
/** In the shape of Entra's own, with what forms and shells like to mangle. */
export const SECRET = 'Abc8Q~dEfGhIjKlMnO+/=&%pQrStUvWxYz01234-';

export interface TokenFixture {
  readonly endpoint: FakeTokenEndpoint;
  /** PEM of the endpoint's authority. */
  readonly ca: string;
  readonly app: (changes?: Partial<App>) => App;
  readonly cache: () => { readonly tokens: TokenCache; readonly redactor: Redactor };
  readonly never: AbortSignal;
}

/** `secrets` answers for the environment variables; files are read. */
export async function createTokenFixture(
  secrets: () => Readonly<Record<string, string>> = () => ({ SECRET }),
): Promise<TokenFixture> {
  const authority = await createCertificateAuthority('token test authority');
  const endpoint = await createFakeTokenEndpoint(
    await authority.issue({ commonName: '127.0.0.1', names: ['127.0.0.1'] }),
  );
  const readSecret = async (source: SecretSource): Promise<Secret> =>
    new Secret(source.from === 'file' ? await readFile(source.path, 'utf8') : (secrets()[source.name] ?? ''));
  return {
    endpoint,
    ca: authority.cert,
    never: new AbortController().signal,
    app: (changes) => ({
      id: 'plm',
      tenant: '11111111-2222-3333-4444-555555555555',
      clientId: '66666666-7777-8888-9999-000000000000',
      credential: { kind: 'secret', source: { from: 'env', name: 'SECRET' } },
      cloud: 'global',
      authority: endpoint.url,
      graphEndpoint: 'https://graph.microsoft.com',
      scope: MAIL_SCOPE,
      provider: 'entra',
      graphScope: 'https://graph.microsoft.com/.default',
      graph: false,
      network: { ca: authority.cert },
      // Everything answers, unless a test says otherwise.
      timeoutMs: 120_000,
      credentialIntervalMs: 3_600_000,
      expiryThresholdDays: [30, 14, 7],
      ...changes,
    }),
    cache: () => {
      const redactor = createRedactor();
      return { tokens: createTokenCache({ readSecret, readFile: readBounded, redactor }), redactor };
    },
  };
}
