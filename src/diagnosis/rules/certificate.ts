/** Server certificates that are not trusted, are for other names, have expired or expire soon. */
import type { Severity } from '../../model/diagnosis.ts';
import { stageOf, type CertificateFacts } from '../../model/evidence.ts';
import type { PastedCertificate } from '../../model/pasted-certificate.ts';
import { isPublicIssuer } from '../../vocabulary/issuers.ts';
import { certificateCommand } from '../fix/shell.ts';
import { say, shell } from '../fix/step.ts';
import { hostsOf, routeOf } from '../names.ts';
import { byNetwork } from '../network-finding.ts';
import { REFERENCES } from '../references.ts';
import type { RuleTable } from '../rule.ts';
import type { CaseFacts } from '../case-facts.ts';
import { dateOf, expiryOf } from '../time.ts';
import type { NetworkFailure } from '../failures.ts';
import { isTimeCode, skewExplains } from './clock.ts';

function certificateOf(facts: CaseFacts, failedLeg: NetworkFailure): PastedCertificate | undefined {
  const shown = failedLeg.about === 'mail' ? stageOf(facts.evidence, 'tls')?.facts : facts.token?.facts;
  const { certificate, pastedCertificate } = shown ?? {};
  return certificate === undefined ? pastedCertificate : { ...certificate, validity: certificate };
}

function isNameCode(failedLeg: NetworkFailure): boolean {
  return failedLeg.failure.code === 'ERR_TLS_CERT_ALTNAME_INVALID';
}

function presented(facts: CaseFacts, failedLeg: NetworkFailure): { readonly because?: readonly string[] } {
  const certificate = certificateOf(facts, failedLeg);
  if (certificate === undefined) return {};
  const { subject = 'unknown', issuer, validity } = certificate;
  const dates =
    validity === undefined ? '' : `, valid ${dateOf(validity.notBefore)} to ${dateOf(validity.notAfter)}`;
  return { because: [`Presented: ${subject}, issued by ${issuer}${dates}.`] };
}

/**
 * The days before expiry at which each severity begins. The most are 14, because a certificate with automatic renewal
 * is renewed earlier.
 */
const EXPIRY_THRESHOLDS: readonly (readonly [days: number, severity: Severity])[] = [
  [2, 'critical'],
  [7, 'warning'],
  [14, 'info'],
];
const DAY_MS = 86_400_000;
/** For a certificate with a shorter lifetime, the thresholds are shortened in proportion. */
const USUAL_LIFETIME_MS = 90 * DAY_MS;

/** Returns undefined if the certificate expires later. `now` is in epoch milliseconds. */
function severityOfExpiry({ notBefore, notAfter }: CertificateFacts, now: number): Severity | undefined {
  const scale = Math.min(1, Math.max(0, notAfter - notBefore) / USUAL_LIFETIME_MS);
  const daysLeft = (notAfter - now) / DAY_MS;
  return EXPIRY_THRESHOLDS.find(([days]) => daysLeft <= days * scale)?.[1];
}

export const CERTIFICATE_RULES = {
  'tls-interception': {
    title: (names, detail) =>
      detail === 'revocation-unreachable'
        ? `This machine could not check whether the certificate of ${hostsOf(names)} is revoked`
        : detail === 'name-mismatch'
          ? `The certificate presented for ${hostsOf(names)} is for other names: the name resolves to another server, or something on the path answers instead`
          : `This machine does not trust the certificate presented for ${hostsOf(names)}: TLS is intercepted, or a corporate root is missing`,
    owner: 'network-admin',
    scope: 'endpoint',
    references: [REFERENCES.endpoints],
    symptom:
      'SELF_SIGNED_CERT_IN_CHAIN, UNABLE_TO_GET_ISSUER_CERT_LOCALLY, DEPTH_ZERO_SELF_SIGNED_CERT, ERR_TLS_CERT_ALTNAME_INVALID, "PKIX path building failed", "certificate verify failed". A firewall or virus scanner decrypts the connection and presents a certificate of its own. No token was sent.',
    test: (names) =>
      `Check the issuer of the certificate presented at ${names.endpoints[0].endpoint}${routeOf(names)}: Microsoft's are issued by DigiCert or Microsoft; any other issuer is the device that intercepts.`,
    lookAlikes: ['trust-store-incomplete', 'server-certificate-expired', 'dns-failure'],
    when: byNetwork((failedLeg, facts) => {
      if (failedLeg.failure.kind !== 'untrusted') return undefined;
      if (failedLeg.failure.code === 'REVOCATION_UNREACHABLE')
        return { confidence: 'likely', detail: 'revocation-unreachable' };
      if (isTimeCode(failedLeg)) return { confidence: 'possible', ...presented(facts, failedLeg) };
      const issuer = certificateOf(facts, failedLeg)?.issuer;
      const detail = isNameCode(failedLeg) ? { detail: 'name-mismatch' } : {};
      if (issuer !== undefined && isPublicIssuer(issuer) && !isNameCode(failedLeg)) {
        return { confidence: 'possible', ...presented(facts, failedLeg) };
      }
      return { confidence: 'likely', ...detail, ...presented(facts, failedLeg) };
    }),
    fix: (names, detail) => [
      shell(
        'Check who issued the certificate that is presented here.',
        certificateCommand(names.endpoints[0]),
      ),
      ...(detail === 'name-mismatch'
        ? [
            say(
              'The certificate is for other names: check the spelling of the configured host, and which address its name resolves to on this machine.',
            ),
          ]
        : []),
      ...(detail === 'revocation-unreachable'
        ? [
            say(
              "Let this machine reach the certificate authority's hosts over HTTP (port 80): for Microsoft's certificates *.digicert.com, *.msocsp.com and www.microsoft.com. The certificate itself is probably fine.",
            ),
          ]
        : []),
      say(
        `Have ${names.host} and ${names.tokenHost.host} exempted from TLS inspection, as Microsoft recommends; or let the program trust the corporate root (mailprobe: tls.ca_file).`,
      ),
    ],
    takesEffect: 'With the next probe.',
  },
  'trust-store-incomplete': {
    title: (names) => `This machine does not know the public root of the certificate of ${hostsOf(names)}`,
    owner: 'operator',
    scope: 'endpoint',
    references: [REFERENCES.endpoints],
    symptom:
      "The certificate is Microsoft's own (issued by DigiCert or Microsoft), but is not trusted: the root store is old, or was replaced by one that holds only a few certificates.",
    test: () =>
      'The issuer of the presented certificate is DigiCert or Microsoft, and another machine trusts it.',
    lookAlikes: ['tls-interception'],
    when: byNetwork((failedLeg, facts) => {
      const { code } = failedLeg.failure;
      if (failedLeg.failure.kind !== 'untrusted' || isTimeCode(failedLeg) || isNameCode(failedLeg))
        return undefined;
      if (code === 'REVOCATION_UNREACHABLE') return undefined;
      const issuer = certificateOf(facts, failedLeg)?.issuer;
      if (issuer === undefined) return { confidence: 'possible' };
      return isPublicIssuer(issuer) ? { confidence: 'likely', ...presented(facts, failedLeg) } : undefined;
    }),
    fix: () => [
      shell(
        'Update the root certificates of this machine. The commands are for Debian; other systems have their own.',
        'sudo apt-get update && sudo apt-get install --only-upgrade ca-certificates',
      ),
      say(
        'Java has its own store (cacerts), and Python programs often use the one of certifi. Update those as well.',
      ),
    ],
    takesEffect: 'After a restart of the program.',
  },
  'server-certificate-expired': {
    title: (names) => `The certificate presented for ${hostsOf(names)} is outside its validity period`,
    owner: 'network-admin',
    scope: 'endpoint',
    references: [REFERENCES.endpoints],
    symptom:
      "CERT_HAS_EXPIRED or CERT_NOT_YET_VALID, while this machine's clock agrees with the token host's. Microsoft renews its certificates in time, so this certificate belongs to a device that intercepts, or to a gateway.",
    test: () =>
      "Compare this machine's clock with another's; then check the issuer and dates of the certificate.",
    lookAlikes: ['clock-skew', 'tls-interception'],
    when: byNetwork((failedLeg, facts) => {
      if (failedLeg.failure.kind !== 'untrusted' || !isTimeCode(failedLeg) || skewExplains(facts, failedLeg))
        return undefined;
      return {
        confidence:
          facts.clockSkewSeconds === undefined && failedLeg.failure.code === 'CERT_NOT_YET_VALID'
            ? 'possible'
            : 'likely',
        ...presented(facts, failedLeg),
      };
    }),
    fix: (names) => [
      shell('Check its dates and issuer.', certificateCommand(names.endpoints[0])),
      say('Ask the administrator of that proxy or gateway to renew its certificate.'),
    ],
    takesEffect: 'With the next probe.',
  },
  'server-certificate-expiring': {
    title: (names, _detail, expiry = 'expires soon') => `The TLS certificate of ${names.endpoint} ${expiry}`,
    owner: 'network-admin',
    scope: 'endpoint',
    severity: 'info',
    warnsEarly: true,
    references: [REFERENCES.endpoints],
    symptom:
      'Everything works. The certificate that the mail server presented expires within 14 days (a warning from 7 days on, critical from 2 days on; both later if the certificate is valid for less than 90 days in all). On that day every mailbox at this endpoint fails at once. Microsoft renews its own certificates weeks before, so this certificate belongs to a gateway, proxy or relay, or a renewal failed.',
    test: (names) => `Check the dates and the issuer of the certificate that ${names.endpoint} presents.`,
    lookAlikes: ['server-certificate-expired', 'clock-skew'],
    when: (facts) => {
      const tls = stageOf(facts.evidence, 'tls');
      const certificate = tls?.facts.certificate;
      if (tls?.outcome !== 'ok' || certificate === undefined) return undefined;
      const { now } = facts.context;
      const severity = severityOfExpiry(certificate, now);
      if (severity === undefined) return undefined;
      const { subject, issuer, notBefore, notAfter } = certificate;
      return {
        confidence: 'certain',
        about: 'certificate',
        severity,
        expiry: expiryOf(notAfter, now),
        because: [
          `Presented: ${subject}, issued by ${issuer}, valid ${dateOf(notBefore)} to ${dateOf(notAfter)}.`,
        ],
      };
    },
    fix: (names) => [
      shell('Check its dates and issuer.', certificateCommand(names.endpoints[0])),
      say(
        "Ask the administrator of that server, gateway or proxy to renew it. If the certificate is Microsoft's own, there is nothing to do. If it is still the same on the last day, check Microsoft 365 admin center > Health > Service health.",
      ),
    ],
    takesEffect: 'With the next probe.',
  },
} satisfies RuleTable;
