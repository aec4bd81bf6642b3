/**
 * Reads the facts of a certificate, and why it is not trusted. An untrusted certificate is read too, because it often
 * names the device that inspects the traffic.
 */
import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { CertificateFacts } from '../../model/evidence.ts';
import { untrustedText } from '../../model/untrusted-text.ts';
import type { Redactor } from '../../model/redactor.ts';
import { cleanText } from '../../model/text.ts';

const MOST_NAMES = 50;
/** The number of names in the text of a failure. The facts hold up to `MOST_NAMES`. */
const SHOWN_NAMES = 5;
const LONGEST_NAME = 255;
const MOST_NAME_CHARACTERS = MOST_NAMES * LONGEST_NAME;

export interface Distrust {
  /** Node's code, such as `CERT_HAS_EXPIRED` or `ERR_TLS_CERT_ALTNAME_INVALID`. */
  readonly code: string;
  readonly text: string;
}

/**
 * For each redactor and each fingerprint, the facts of the certificate. Every probe of a host sees the same
 * certificate, so its facts are read once.
 */
const KNOWN = new WeakMap<Redactor, Map<string, CertificateFacts>>();
const MOST_KNOWN = 200;

export function certificateFacts(certificate: X509Certificate, redactor: Redactor): CertificateFacts {
  const known = KNOWN.get(redactor) ?? new Map<string, CertificateFacts>();
  const facts = known.get(certificate.fingerprint256) ?? readFacts(certificate, redactor);
  if (known.size >= MOST_KNOWN) known.clear();
  KNOWN.set(redactor, known.set(certificate.fingerprint256, facts));
  return facts;
}

function readFacts(certificate: X509Certificate, redactor: Redactor): CertificateFacts {
  const clean = (text: string): string => untrustedText(text, redactor);
  return {
    // Node writes one attribute per line. `subject` and `issuer` may be absent, although their types say otherwise.
    subject: clean((certificate.subject ?? '').replaceAll('\n', ', ')),
    issuer: clean((certificate.issuer ?? '').replaceAll('\n', ', ')),
    names: namesOf(certificate.subjectAltName ?? '').map(clean),
    notBefore: certificate.validFromDate.getTime(),
    notAfter: certificate.validToDate.getTime(),
    fingerprint256: certificate.fingerprint256,
  };
}

/** Returns why the connection must not be used for `host`. Undefined if the chain, the dates and the name are valid. */
export function distrust(
  socket: TLSSocket,
  certificate: X509Certificate,
  facts: CertificateFacts,
  host: string,
): Distrust | undefined {
  if (!socket.authorized) {
    const code = authorizationCode(socket.authorizationError);
    return { code, text: cleanText(`${explain(code, facts)} (${code}).`) };
  }
  if (isKnownFor(host, certificate, facts)) return undefined;
  const more = facts.names.length > SHOWN_NAMES ? ' and more' : '';
  const names = facts.names.length === 0 ? 'no name' : facts.names.slice(0, SHOWN_NAMES).join(', ') + more;
  const text = cleanText(`The certificate of ${facts.subject} is for ${names}, not for ${host}.`);
  return { code: 'ERR_TLS_CERT_ALTNAME_INVALID', text };
}

/**
 * For each certificate and each host, whether the certificate is valid for the host. Without this record, OpenSSL would
 * read all names of the certificate at each handshake.
 */
const ANSWERS = new WeakMap<CertificateFacts, Map<string, boolean>>();

function isKnownFor(host: string, certificate: X509Certificate, facts: CertificateFacts): boolean {
  const answers = ANSWERS.get(facts) ?? new Map<string, boolean>();
  const answer = answers.get(host) ?? isFor(host, certificate);
  if (answers.size >= MOST_KNOWN) answers.clear();
  ANSWERS.set(facts, answers.set(host, answer));
  return answer;
}

/**
 * Is the certificate valid for the host? OpenSSL compares the names (RFC 6125). Node's `checkServerIdentity` needs the
 * certificate in an older form, which costs more than all our other work in a handshake.
 */
function isFor(host: string, certificate: X509Certificate): boolean {
  const match = isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host);
  return match !== undefined;
}

function explain(code: string, { subject, issuer, notBefore, notAfter }: CertificateFacts): string {
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return notAfter < Date.now()
        ? `The certificate of ${subject} expired at ${dateText(notAfter)}`
        : `An authority's certificate in the chain of ${subject} has expired; it was issued by ${issuer}`;
    case 'CERT_NOT_YET_VALID':
      return notBefore > Date.now()
        ? `The certificate of ${subject} is not valid before ${dateText(notBefore)}`
        : `An authority's certificate in the chain of ${subject} is not valid yet; it was issued by ${issuer}`;
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return `The certificate of ${subject} is signed by itself and is not among the trusted ones`;
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return `The certificate of ${subject} was issued by ${issuer}, which no trusted root vouches for`;
    default:
      return `The certificate of ${subject}, issued by ${issuer}, is not trusted`;
  }
}

/**
 * Node declares `authorizationError` as an Error. With `rejectUnauthorized: false`, Node sets it to the code as text.
 */
function authorizationCode(error: unknown): string {
  if (typeof error === 'string') return error;
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return 'UNTRUSTED';
}

/** Splits names such as `DNS:a.example, IP Address:192.0.2.1`. A name with special characters is quoted as in JSON. */
function namesOf(subjectAltName: string): readonly string[] {
  // A quote that is never closed extends to the end of the text. To search for its end at each step would take
  // quadratic time.
  const names = subjectAltName
    .slice(0, MOST_NAME_CHARACTERS)
    .matchAll(/(?:"(?:[^"\\]|\\[^])*\\?(?:"|$)|[^,"])+/g);
  return [...names].slice(0, MOST_NAMES).map(([name]) => cleanText(name, LONGEST_NAME));
}

function dateText(time: number): string {
  return Number.isNaN(time) ? 'an unreadable date' : new Date(time).toISOString();
}
