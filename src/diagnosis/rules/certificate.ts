/** Certificates that are not trusted, are for other names, have ended or are about to. */
import type { Severity } from '../../model/diagnosis.ts';
import { stageOf, type CertificateFacts } from '../../model/evidence.ts';
import { isPublicIssuer } from '../../vocabulary/issuers.ts';
import { certificateCommand } from '../fix/shell.ts';
import { say, shell } from '../fix/step.ts';
import { hostsOf } from '../names.ts';
import { byNetwork } from '../network-finding.ts';
import { REFERENCES } from '../references.ts';
import type { RuleTable } from '../rule.ts';
import type { CaseFacts } from '../case-facts.ts';
import { dateOf, spanOf } from '../time.ts';
import type { NetworkFailure } from '../failures.ts';
import { isTimeCode, skewMatters } from './clock.ts';

function certificateOf(facts: CaseFacts, trouble: NetworkFailure): CertificateFacts | undefined {
  return trouble.about === 'mail'
    ? stageOf(facts.evidence, 'tls')?.facts.certificate
    : facts.token?.facts.certificate;
}

function isNameCode(trouble: NetworkFailure): boolean {
  return trouble.failure.code === 'ERR_TLS_CERT_ALTNAME_INVALID';
}

function presented(facts: CaseFacts, trouble: NetworkFailure): { readonly because?: readonly string[] } {
  const certificate = certificateOf(facts, trouble);
  return certificate === undefined
    ? {}
    : {
        because: [
          `Presented: ${certificate.subject}, issued by ${certificate.issuer}${certificate.notAfter === 0 ? '' : `, valid ${dateOf(certificate.notBefore)} to ${dateOf(certificate.notAfter)}`}.`,
        ],
      };
}

/** Days before the end: whoever renews by machine has done so long before the first of them. */
const ENDING: readonly (readonly [days: number, severity: Severity])[] = [
  [2, 'critical'],
  [7, 'warning'],
  [14, 'info'],
];
const DAY_MS = 86_400_000;
/** One that lives shorter than this is renewed that much later. */
const USUAL_LIFETIME_MS = 90 * DAY_MS;

/** Undefined while the end of a certificate is far off. Epoch milliseconds. */
function severityOfEnd({ notBefore, notAfter }: CertificateFacts, now: number): Severity | undefined {
  const scale = Math.min(1, Math.max(0, notAfter - notBefore) / USUAL_LIFETIME_MS);
  const daysLeft = (notAfter - now) / DAY_MS;
  return ENDING.find(([days]) => daysLeft <= days * scale)?.[1];
}

export const CERTIFICATE_RULES = {
  'tls-interception': {
    title: (names, detail) =>
      detail === 'revocation-unreachable'
        ? `Whether the certificate of ${hostsOf(names)} was revoked could not be asked from this machine`
        : detail === 'name-mismatch'
          ? `The certificate presented for ${hostsOf(names)} is for other names: the name leads elsewhere, or somebody answers in its place`
          : `The certificate presented for ${hostsOf(names)} is not one that this machine trusts: TLS is intercepted, or a corporate root is missing`,
    owner: 'network-admin',
    scope: 'endpoint',
    references: [REFERENCES.endpoints],
    symptom:
      'SELF_SIGNED_CERT_IN_CHAIN, UNABLE_TO_GET_ISSUER_CERT_LOCALLY, DEPTH_ZERO_SELF_SIGNED_CERT, ERR_TLS_CERT_ALTNAME_INVALID, "PKIX path building failed", "certificate verify failed". A firewall or virus scanner opens the connection and signs with its own root. No token was sent.',
    test: (names) =>
      `Look at the issuer of the certificate presented at ${names.places[0].endpoint}: Microsoft's are issued by DigiCert or Microsoft; any other name is the interceptor's.`,
    lookAlikes: ['trust-store-incomplete', 'server-certificate-expired', 'dns-failure'],
    when: byNetwork((trouble, facts) => {
      if (trouble.failure.kind !== 'untrusted') return undefined;
      if (trouble.failure.code === 'REVOCATION_UNREACHABLE')
        return { confidence: 'likely', detail: 'revocation-unreachable' };
      if (isTimeCode(trouble)) return { confidence: 'possible', ...presented(facts, trouble) };
      const issuer = certificateOf(facts, trouble)?.issuer;
      const detail = isNameCode(trouble) ? { detail: 'name-mismatch' } : {};
      if (issuer !== undefined && isPublicIssuer(issuer) && !isNameCode(trouble)) {
        return { confidence: 'possible', ...presented(facts, trouble) };
      }
      return { confidence: 'likely', ...detail, ...presented(facts, trouble) };
    }),
    fix: (names, detail) => [
      shell('See who issued the certificate that is presented here.', certificateCommand(names.places[0])),
      ...(detail === 'name-mismatch'
        ? [
            say(
              'The certificate is for other names: check the spelling of the configured host, and what address its name resolves to here.',
            ),
          ]
        : []),
      ...(detail === 'revocation-unreachable'
        ? [
            say(
              "Let this machine reach the certificate authority's own hosts over http (port 80): for Microsoft's certificates *.digicert.com, *.msocsp.com and www.microsoft.com. Nothing is wrong with the certificate itself as far as is known.",
            ),
          ]
        : []),
      say(
        `Have ${names.host} and ${names.tokenHost.host} exempted from TLS inspection, as Microsoft asks for; or give the program the corporate root (mailprobe: tls.ca_file).`,
      ),
    ],
    takesEffect: 'With the next look.',
  },
  'trust-store-incomplete': {
    title: (names) => `This machine does not know the public root of the certificate of ${hostsOf(names)}`,
    owner: 'operator',
    scope: 'endpoint',
    references: [REFERENCES.endpoints],
    symptom:
      "The certificate is Microsoft's own (issued by DigiCert or Microsoft), and is not trusted all the same: the root store is old, or replaced by one of few certificates.",
    test: () =>
      'The issuer of the presented certificate is DigiCert or Microsoft, and another machine trusts it.',
    lookAlikes: ['tls-interception'],
    when: byNetwork((trouble, facts) => {
      const { code } = trouble.failure;
      if (trouble.failure.kind !== 'untrusted' || isTimeCode(trouble) || isNameCode(trouble))
        return undefined;
      if (code === 'REVOCATION_UNREACHABLE') return undefined;
      const issuer = certificateOf(facts, trouble)?.issuer;
      if (issuer === undefined) return { confidence: 'possible' };
      return isPublicIssuer(issuer) ? { confidence: 'likely', ...presented(facts, trouble) } : undefined;
    }),
    fix: () => [
      shell(
        'Bring the root certificates of this machine up to date (Debian; other systems have their own).',
        'sudo apt-get update && sudo apt-get install --only-upgrade ca-certificates',
      ),
      say(
        'Java keeps a store of its own (cacerts); Python programs often bring certifi. Update those likewise.',
      ),
    ],
    takesEffect: 'When the program has been restarted.',
  },
  'server-certificate-expired': {
    title: (names) => `The certificate presented for ${hostsOf(names)} is outside its validity`,
    owner: 'network-admin',
    scope: 'endpoint',
    references: [REFERENCES.endpoints],
    symptom:
      "CERT_HAS_EXPIRED or CERT_NOT_YET_VALID, while this machine's clock agrees with the token host's. Microsoft renews its certificates in time: an interceptor or a gateway did not.",
    test: () =>
      "Compare this machine's clock with another; then look at issuer and dates of the certificate.",
    lookAlikes: ['clock-skew', 'tls-interception'],
    when: byNetwork((trouble, facts) => {
      if (trouble.failure.kind !== 'untrusted' || !isTimeCode(trouble) || skewMatters(facts))
        return undefined;
      return {
        confidence:
          facts.clockSkewSeconds === undefined && trouble.failure.code === 'CERT_NOT_YET_VALID'
            ? 'possible'
            : 'likely',
        ...presented(facts, trouble),
      };
    }),
    fix: (names) => [
      shell('See its dates and issuer.', certificateCommand(names.places[0])),
      say('Have whoever runs that proxy or gateway renew its certificate.'),
    ],
    takesEffect: 'With the next look.',
  },
  'server-certificate-expiring': {
    title: (names) => `The TLS certificate of ${names.endpoint} is about to end`,
    owner: 'network-admin',
    scope: 'endpoint',
    severity: 'info',
    warnsEarly: true,
    references: [REFERENCES.endpoints],
    symptom:
      "Everything works. The certificate that the mail server presented ends within 14 days (a warning from 7 days on, critical from 2; sooner for one that lives less than 90 days). On that day every mailbox behind it is lost at once. Microsoft renews its own weeks before: a gateway's, proxy's or relay's is seen here, or a renewal that hangs.",
    test: (names) => `Look at the dates and the issuer of the certificate that ${names.endpoint} presents.`,
    lookAlikes: ['server-certificate-expired', 'clock-skew'],
    when: (facts) => {
      const tls = stageOf(facts.evidence, 'tls');
      const certificate = tls?.facts.certificate;
      if (tls?.outcome !== 'ok' || certificate === undefined) return undefined;
      const { now } = facts.context;
      const severity = severityOfEnd(certificate, now);
      if (severity === undefined) return undefined;
      const { subject, issuer, notBefore, notAfter } = certificate;
      return {
        confidence: 'certain',
        about: 'certificate',
        severity,
        remark:
          notAfter > now
            ? `it ends on ${dateOf(notAfter)}, in ${spanOf(notAfter - now)}`
            : `its end date, ${dateOf(notAfter)}, has passed`,
        because: [
          `Presented: ${subject}, issued by ${issuer}, valid ${dateOf(notBefore)} to ${dateOf(notAfter)}.`,
        ],
      };
    },
    fix: (names) => [
      shell('See its dates and issuer.', certificateCommand(names.places[0])),
      say(
        "Have whoever runs that server, gateway or proxy renew it. If it is Microsoft's own, there is nothing to do but to look at the service health on the last day.",
      ),
    ],
    takesEffect: 'With the next look.',
  },
} satisfies RuleTable;
