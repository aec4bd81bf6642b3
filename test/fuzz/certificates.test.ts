import { generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createSecureContext } from 'node:tls';
import * as fc from 'fast-check';
import forge from 'node-forge';
import { beforeAll, afterAll, expect, test } from 'vitest';
import { certificateFacts } from '../../src/probe/network/certificate.ts';
import { secure } from '../../src/probe/network/secure.ts';
import { WAIT_MS } from '../support/limits.ts';
import { listen, type Listener } from '../support/listener.ts';
import { counterexample, expectBounded, expectNoSecret, redactorWithSecret, texts } from './property.ts';

/** Whatever certificate a server presents: a TLS stage that is whole and bounded, without a secret that it holds. */
const MOST_CHARACTERS = 40_000;
const LONGEST_VALUE = 20_000;
const LONGEST_NAME = 2000;
const ATTRIBUTES = [
  'commonName',
  'organizationName',
  'organizationalUnitName',
  'countryName',
  'emailAddress',
];
/** GeneralName (RFC 5280): e-mail, DNS name, URI. */
const NAME_TYPES = [1, 2, 6];
const DATES = [
  '1950-01-01T00:00:00Z',
  '1970-01-01T00:00:00Z',
  '2049-12-31T23:59:59Z',
  '2050-01-01T00:00:00Z',
  '9999-12-31T23:59:59Z',
];

const words = texts.map((text) => text.slice(0, LONGEST_VALUE));
const shortWords = texts.map((text) => text.slice(0, LONGEST_NAME));
const names = fc.array(fc.record({ name: fc.constantFrom(...ATTRIBUTES), value: words }), { maxLength: 6 });
const dates = fc.constantFrom(...DATES).map((date) => new Date(date));
const certificates = fc.record({
  subject: names,
  issuer: names,
  notBefore: dates,
  notAfter: dates,
  serial: fc.stringMatching(/^[0-9a-f]{2,64}$/),
  alternativeNames: fc.array(fc.record({ type: fc.constantFrom(...NAME_TYPES), value: shortWords }), {
    maxLength: 80,
  }),
  isAuthority: fc.boolean(),
});
type Drawn = typeof certificates extends fc.Arbitrary<infer T> ? T : never;

const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
/** Node-forge declares tags and classes apart, and has the one where the other is declared. */
const UTF8_STRING: number = forge.asn1.Type.UTF8;
/** RFC 4055: sha256WithRSAEncryption. */
const SIGNATURE_OID = '1.2.840.113549.1.1.11';

function pemOf(drawn: Drawn): string {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey);
  certificate.serialNumber = drawn.serial.padStart(4, '0');
  certificate.validity.notBefore = drawn.notBefore;
  certificate.validity.notAfter = drawn.notAfter;
  const utf8 = ({ name, value }: Drawn['subject'][number]) => ({
    name,
    value: value.toWellFormed(),
    valueTagClass: UTF8_STRING,
  });
  certificate.setSubject(drawn.subject.map(utf8));
  certificate.setIssuer(drawn.issuer.map(utf8));
  certificate.setExtensions([
    { name: 'basicConstraints', cA: drawn.isAuthority },
    {
      name: 'subjectAltName',
      altNames: drawn.alternativeNames.map(({ type, value }) => ({
        type,
        value: Buffer.from(value).toString('latin1'),
      })),
    },
  ]);
  // Signed by node:crypto, which takes a hundredth of the time.
  certificate.signatureOid = SIGNATURE_OID;
  certificate.siginfo.algorithmOid = SIGNATURE_OID;
  certificate.signature = '';
  const { value } = forge.pki.certificateToAsn1(certificate);
  const toBeSigned = typeof value === 'string' ? undefined : value[0];
  if (toBeSigned === undefined) throw new Error('The certificate has no content.');
  const signed = forge.asn1.toDer(toBeSigned).getBytes();
  certificate.signature = sign('sha256', Buffer.from(signed, 'latin1'), privateKey).toString('latin1');
  return forge.pki.certificateToPem(certificate);
}

let presented = '';
let listener: Listener;

beforeAll(async () => {
  const first = pemOf({
    subject: [],
    issuer: [],
    notBefore: new Date(),
    notAfter: new Date(),
    serial: '01',
    alternativeNames: [],
    isAuthority: false,
  });
  listener = await listen(undefined, {
    tls: {
      cert: first,
      key: privateKey,
      SNICallback: (_, answer) =>
        answer(null, createSecureContext({ cert: presented || first, key: privateKey })),
    },
  });
});

afterAll(async () => await listener.close());

test('a server with any certificate', async () => {
  const redactor = redactorWithSecret();
  let reported = 0;
  expect(
    await counterexample(
      certificates,
      async (drawn) => {
        presented = pemOf(drawn);
        const socket = connect(listener.port, listener.host);
        await once(socket, 'connect');
        const { stage, socket: secured } = await secure(socket, {
          host: 'mail.example',
          network: {},
          signal: AbortSignal.timeout(WAIT_MS),
          redactor,
          mode: 'implicit',
        });
        expect(secured).toBeUndefined();
        expect(stage.outcome).toBe('failed');
        if (stage.facts.certificate !== undefined) reported += 1;
        const shown = JSON.stringify(stage);
        expectBounded(shown, MOST_CHARACTERS);
        expectNoSecret(shown);
      },
      0.2,
    ),
  ).toBeUndefined();
  // Some are none that OpenSSL presents.
  expect(reported).toBeGreaterThan(10);
});

test('a certificate with any bytes changed, where OpenSSL still parses it', async () => {
  const redactor = redactorWithSecret();
  let parsed = 0;
  const changed = fc.tuple(
    certificates,
    fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 8 }),
  );
  expect(
    await counterexample(
      changed,
      ([drawn, changes]) => {
        const bytes = Buffer.from(pemOf(drawn).replaceAll(/-----.*-----|\s/g, ''), 'base64');
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        let certificate: X509Certificate;
        try {
          certificate = new X509Certificate(bytes);
        } catch {
          return;
        }
        parsed += 1;
        expectBounded(JSON.stringify(certificateFacts(certificate, redactor)), MOST_CHARACTERS);
      },
      0.4,
    ),
  ).toBeUndefined();
  expect(parsed).toBeGreaterThan(10);
});
