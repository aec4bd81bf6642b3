/** This machine's clock: measured against the token host's, or betrayed by certificates and assertions. */
import { say, shell } from '../fix/step.ts';
import type { Confidence } from '../../model/diagnosis.ts';
import { byNetwork } from '../network-finding.ts';
import { REFERENCES } from '../references.ts';
import type { Finding, RuleTable } from '../rule.ts';
import type { CaseFacts } from '../case-facts.ts';
import { spanOf } from '../time.ts';
import type { NetworkFailure } from '../failures.ts';
import { tokenWithCause } from '../when.ts';

/** Beyond this, certificate assertions and certificate dates begin to suffer. */
const SKEW_SECONDS = 300;

export function isTimeCode(trouble: NetworkFailure): boolean {
  return /^CERT_(?:HAS_EXPIRED|NOT_YET_VALID)$/.test(trouble.failure.code ?? '');
}

export function skewMatters(facts: CaseFacts): boolean {
  return Math.abs(facts.clockSkewSeconds ?? 0) >= SKEW_SECONDS;
}

/** An end that has passed is more often the certificate's fault, a beginning that is to come the clock's. */
function byWords({ failure }: NetworkFailure): Confidence {
  return failure.code === 'CERT_NOT_YET_VALID' ? 'likely' : 'possible';
}

function lengthOf(seconds: number): string {
  return seconds < 120 ? `${Math.round(seconds)} seconds` : spanOf(Math.round(seconds / 60) * 60_000);
}

function clockSkew(facts: CaseFacts): Finding | undefined {
  const skew = facts.clockSkewSeconds;
  const ownText =
    skew === undefined
      ? []
      : [
          `This machine's clock is ${lengthOf(Math.abs(skew))} ${skew > 0 ? 'ahead of' : 'behind'} the token host's.`,
        ];
  const byCertificate = byNetwork((trouble) =>
    trouble.failure.kind === 'untrusted' && isTimeCode(trouble)
      ? {
          confidence: skew === undefined ? byWords(trouble) : skewMatters(facts) ? 'certain' : 'possible',
          because: ownText,
        }
      : undefined,
  )(facts);
  if (byCertificate !== undefined && (skew === undefined || skewMatters(facts))) return byCertificate;
  const token = tokenWithCause(facts, 'assertion-time-invalid');
  if (token !== undefined) {
    return {
      confidence: skewMatters(facts) ? 'likely' : 'possible',
      about: token.about,
      because: ownText,
    };
  }
  if (facts.token?.failure.code === 'token-not-yet-valid') {
    return { confidence: 'likely', about: facts.token.about, because: ownText };
  }
  if (facts.claimsFault === 'token-not-yet-valid') {
    return {
      confidence: 'likely',
      about: 'claims',
      because: [...ownText, 'The token is not valid yet by this clock.'],
    };
  }
  return skewMatters(facts)
    ? { confidence: 'certain', about: 'clock', severity: 'warning', because: ownText }
    : undefined;
}

export const CLOCK_RULES = {
  'clock-skew': {
    title: () => "This machine's clock is wrong",
    owner: 'operator',
    scope: 'prober',
    references: [REFERENCES.certificateCredentials],
    symptom:
      "The Date of the token host's answers differs from this machine's clock by more than five minutes; AADSTS700024; CERT_NOT_YET_VALID or CERT_HAS_EXPIRED on good hosts. Client secrets do not care, certificates do.",
    test: () => "Compare the machine's clock with another: date -u here and there.",
    lookAlikes: ['assertion-time-invalid', 'server-certificate-expired'],
    when: clockSkew,
    fix: () => [
      shell(
        'Look at the clock, and switch time synchronisation on.',
        'timedatectl status\nsudo timedatectl set-ntp true',
      ),
      say('On Windows: w32tm /query /status, then w32tm /resync, as an administrator.'),
    ],
    takesEffect: 'At once.',
  },
} satisfies RuleTable;
