import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeClaims } from '../../src/model/read-claims.ts';
import { Secret } from '../../src/model/secret.ts';
import { readDirectory } from '../../src/probe/credential/directory.ts';
import type { HttpsAnswer } from '../../src/probe/network/https-request.ts';
import { untrustedAnswer } from '../../src/probe/untrusted-answer.ts';
import { requestToken } from '../../src/probe/token/token-request.ts';
import { anApp } from '../support/builders.ts';
import { readFile } from '../support/files.ts';
import {
  expectBounded,
  expectNoSecret,
  counterexample,
  objects,
  redactorWithSecret,
  SECRET,
  texts,
  values,
} from './property.ts';

/** Whatever a token endpoint or Graph answers: no throw, bounded evidence, no secret. */
const { signal } = new AbortController();
const STATUSES = [200, 200, 301, 400, 401, 403, 404, 429, 500, 503];
const HEADERS = ['content-type', 'content-encoding', 'location', 'retry-after', 'server', 'via', 'date'];
const MOST = 40_000;

const CLAIMS = [
  'aud',
  'iss',
  'roles',
  'scp',
  'appid',
  'azp',
  'oid',
  'tid',
  'idtyp',
  'appidacr',
  'ver',
  'iat',
  'nbf',
  'exp',
];
const jwts = objects(CLAIMS).map(
  (claims) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`,
);

function answers(bodies: fc.Arbitrary<unknown>): fc.Arbitrary<HttpsAnswer> {
  const headers = fc.dictionary(fc.constantFrom(...HEADERS), texts, { noNullPrototype: true });
  const written = fc.oneof(
    { arbitrary: bodies.map((body) => JSON.stringify(body)), weight: 5 },
    { arbitrary: texts, weight: 1 },
  );
  return fc.record({
    outcome: fc.constant('answered' as const),
    status: fc.constantFrom(...STATUSES),
    headers,
    body: written,
    seconds: fc.constant(0),
  });
}

const grants = objects([
  'token_type',
  'expires_in',
  'access_token',
  'error',
  'error_description',
  'error_codes',
  'trace_id',
  'correlation_id',
  'claims',
]);
const granted = fc
  .tuple(grants, jwts)
  .map(([body, token]) => Object.assign({ token_type: 'Bearer' }, body, { access_token: token }));

test('an answer of a token endpoint', async () => {
  expect(
    await counterexample(answers(fc.oneof(grants, granted, values)), async (answer) => {
      const reply = await requestToken(
        anApp(),
        'https://outlook.office365.com/.default',
        signal,
        {
          readSecret: async () => new Secret(SECRET),
          readFile,
          redactor: redactorWithSecret(),
          send: async () => answer,
        },
        {},
      );
      const shown = JSON.stringify(reply);
      expectBounded(shown, MOST);
      expectNoSecret(shown);
    }),
  ).toBeUndefined();
});

test('the claims of a token', async () => {
  const redactor = redactorWithSecret();
  expect(
    await counterexample(fc.oneof(jwts, texts), (token) => {
      const shown = JSON.stringify(
        decodeClaims(token, (text, limit) => untrustedAnswer(text, redactor, limit)),
      );
      expectBounded(shown, MOST);
      expectNoSecret(shown);
    }),
  ).toBeUndefined();
});

const permission = objects(['id', 'type', 'value']);
const resource = fc.oneof(
  fc.record({ resourceAppId: texts, resourceAccess: fc.array(permission, { maxLength: 5 }) }),
  objects(['resourceAppId', 'resourceAccess']),
);
const credential = fc.oneof(
  objects(['keyId', 'displayName', 'hint', 'customKeyIdentifier', 'startDateTime', 'endDateTime']),
  fc
    .tuple(fc.uuid(), objects(['displayName', 'hint', 'customKeyIdentifier', 'startDateTime', 'endDateTime']))
    .map(([keyId, rest]) => Object.assign(rest, { keyId })),
);
const graphBodies = fc.oneof(
  fc.record({
    id: texts,
    passwordCredentials: fc.array(credential, { maxLength: 5 }),
    keyCredentials: fc.array(credential, { maxLength: 5 }),
    requiredResourceAccess: fc.array(resource, { maxLength: 5 }),
    accountEnabled: values,
    disabledByMicrosoftStatus: values,
    appRoles: fc.array(permission, { maxLength: 5 }),
    value: fc.array(objects(['appRoleId', 'resourceId', 'resourceDisplayName']), { maxLength: 5 }),
  }),
  fc.record({ error: objects(['code', 'message', 'innerError']) }),
  objects(['id', 'value', '@odata.nextLink', 'error', 'passwordCredentials', 'requiredResourceAccess']),
);

test('the answers of Graph', async () => {
  expect(
    await counterexample(fc.array(answers(graphBodies), { minLength: 1, maxLength: 6 }), async (given) => {
      let asked = 0;
      const outcome = {
        ok: true as const,
        token: new Secret(SECRET),
        facts: { source: 'cache' as const, endpoint: '' },
        claims: {},
      };
      const reading = await readDirectory(
        anApp(),
        {
          tokens: { acquire: async () => outcome, refresh: async () => outcome },
          redactor: redactorWithSecret(),
          send: async () => {
            const answer = given[asked % given.length] ?? given[0];
            asked += 1;
            if (answer === undefined) throw new Error('no answer was made');
            return answer;
          },
        },
        signal,
        false,
      );
      const shown = JSON.stringify(reading);
      expectBounded(shown, MOST);
      // A key's id is compared and not shown; it is a GUID, and counterexample none.
      expectNoSecret(shown);
    }),
  ).toBeUndefined();
});
