/**
 * Authenticates the client of a token request: compares the secret, or verifies the assertion, against the application
 * registration. Throws `EntraError` if Entra would refuse. Does not verify the signature of a federated assertion,
 * because the sandbox does not have the issuer's keys. Called by `entra-token.ts`.
 */
import { createHash, X509Certificate } from 'node:crypto';
import { compactVerify, decodeJwt, decodeProtectedHeader, importX509, type JWTPayload } from 'jose';
import { EntraError } from './entra-error.ts';
import type { Application, Certificate } from './tenant.ts';

const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** The claim `appidacr` of the token: 1 for a secret, 2 for a certificate or federated assertion. */
export type AuthenticationMethod = '1' | '2';

/**
 * Returns how the client authenticated. `audiences`: the accepted `aud` values of an assertion. `now`: the time of the
 * simulated servers, in epoch milliseconds.
 */
export async function authenticateClient(
  application: Application,
  form: URLSearchParams,
  audiences: readonly string[],
  now: number,
): Promise<AuthenticationMethod> {
  const secret = form.get('client_secret') ?? '';
  const assertion = form.get('client_assertion') ?? '';
  if (secret === '' && assertion === '') {
    throw new EntraError(
      7000216,
      'invalid_request',
      "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
    );
  }
  if (application.publicClient) {
    throw new EntraError(
      700025,
      'invalid_client',
      "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
    );
  }
  if (assertion === '') {
    checkSecret(application, secret, now);
    return '1';
  }
  if (form.get('client_assertion_type') !== JWT_BEARER) {
    throw new EntraError(
      900144,
      'invalid_request',
      "The request body must contain the following parameter: 'client_assertion_type'.",
    );
  }
  await checkAssertion(application, assertion, audiences, now);
  return '2';
}

function checkSecret(application: Application, secret: string, now: number): void {
  const matching = application.secrets.filter(
    ({ value, startDateTime }) => value === secret && Date.parse(startDateTime) <= now,
  );
  if (matching.length === 0) {
    throw new EntraError(
      7000215,
      'invalid_client',
      `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${application.appId}'.`,
    );
  }
  if (matching.every(({ endDateTime }) => Date.parse(endDateTime) <= now)) {
    throw new EntraError(
      7000222,
      'invalid_client',
      `The provided client secret keys for app '${application.appId}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.`,
    );
  }
}

async function checkAssertion(
  application: Application,
  assertion: string,
  audiences: readonly string[],
  now: number,
): Promise<void> {
  const { claims, header } = decodeAssertion(assertion);
  if (claims.iss === application.appId) await checkSignature(application, assertion, header, now);
  else checkFederation(application, claims);
  checkTimes(claims, now);
  const named = [claims.aud ?? []].flat();
  if (claims.iss === application.appId && !named.some((name) => audiences.includes(name))) {
    throw new EntraError(
      700023,
      'invalid_client',
      'Client assertion audience claim does not match Realm issuer. Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials .',
    );
  }
}

interface DecodedAssertion {
  readonly claims: JWTPayload;
  readonly header: Readonly<Record<string, unknown>>;
}

function decodeAssertion(assertion: string): DecodedAssertion {
  try {
    return { claims: decodeJwt(assertion), header: decodeProtectedHeader(assertion) };
  } catch {
    throw new EntraError(50027, 'invalid_client', 'JWT token is invalid or malformed.');
  }
}

async function checkSignature(
  application: Application,
  assertion: string,
  header: DecodedAssertion['header'],
  now: number,
): Promise<void> {
  const named = thumbprintsOf(header);
  const certificate = application.certificates.find((candidate) => named.includes(thumbprint(candidate)));
  const bySha1 = application.certificates.find((candidate) => named.includes(thumbprintSha1(candidate)));
  const found = certificate ?? bySha1;
  const algorithm = header.alg;
  if (found === undefined) throw notRegistered(application, named[0] ?? '', 'The key was not found.');
  if (Date.parse(found.endDateTime) <= now) {
    throw notRegistered(application, thumbprint(found), 'The key used is expired.');
  }
  const key =
    algorithm === 'RS256' || algorithm === 'PS256' ? await importX509(found.pem, algorithm) : undefined;
  const verified =
    key !== undefined &&
    (await compactVerify(assertion, key).then(
      () => true,
      () => false,
    ));
  if (!verified) {
    throw new EntraError(
      700027,
      'invalid_client',
      `Client assertion contains an invalid signature. [Reason - The provided signature value did not match the expected signature value., Thumbprint of key used by client: '${thumbprint(found)}']`,
    );
  }
}

/**
 * Returns the thumbprints in the header, in hex. `x5t#S256` and `x5t` contain their bytes in base64url (RFC 7515, 4.1.7
 * and 4.1.8).
 */
function thumbprintsOf(header: DecodedAssertion['header']): string[] {
  return [header['x5t#S256'], header.x5t]
    .filter((value) => typeof value === 'string')
    .map((value) => Buffer.from(value, 'base64url').toString('hex').toUpperCase());
}

function thumbprint(certificate: Certificate): string {
  return certificate.thumbprintSha256;
}

export function thumbprintSha1(certificate: Certificate): string {
  return createHash('sha1').update(new X509Certificate(certificate.pem).raw).digest('hex').toUpperCase();
}

function notRegistered(application: Application, used: string, reason: string): EntraError {
  return new EntraError(
    700027,
    'invalid_client',
    `The certificate with identifier used to sign the client assertion is not registered on application. [Reason - ${reason}, Thumbprint of key used by client: '${used}', Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '${application.appId}'. Review the documentation at https://docs.microsoft.com/en-us/graph/deployments to determine the corresponding service endpoint and https://docs.microsoft.com/en-us/graph/api/application-get?view=graph-rest-1.0&tabs=http to build a query request URL, such as 'https://graph.microsoft.com/beta/applications/${application.appId}'].`,
  );
}

function checkFederation(application: Application, claims: JWTPayload): void {
  const named = [claims.aud ?? []].flat();
  const issuers = application.federated.filter(({ issuer }) => issuer === claims.iss);
  const subjects = issuers.filter(({ subject }) => subject === claims.sub);
  const audiences = subjects.filter(({ audience }) => named.includes(audience));
  if (issuers.length === 0) throw notFederated(700211, 'issuer', claims.iss);
  if (subjects.length === 0) throw notFederated(700213, 'subject', claims.sub);
  if (audiences.length === 0) throw notFederated(700212, 'audience', named.join(' '));
}

function notFederated(code: number, part: string, value: string | undefined): EntraError {
  return new EntraError(
    code,
    'invalid_client',
    `No matching federated identity record found for presented assertion ${part} '${value ?? ''}'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation`,
  );
}

function checkTimes(claims: JWTPayload, now: number): void {
  const from = claims.nbf ?? claims.iat ?? 0;
  const until = claims.exp ?? 0;
  // Entra tolerates a clock difference of five minutes.
  if (from * 1000 <= now + 300_000 && until * 1000 > now - 300_000) return;
  throw new EntraError(
    700024,
    'invalid_client',
    `Client assertion is not within its valid time range. Current time: ${ticks(now)}, assertion valid from ${ticks(from * 1000)}, expiry time of assertion ${ticks(until * 1000)}. Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials .`,
  );
}

/** Formats a time as .NET does, with seven decimals. */
function ticks(time: number): string {
  return new Date(time).toISOString().replace('Z', '0000Z');
}
