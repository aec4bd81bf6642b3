/**
 * The clock of this machine is wrong: it differs from the token host's clock, or dates of certificates and assertions
 * show it.
 */
import { say, shell } from '../fix/step.ts';
import { roundDuration } from '../../model/duration-text.ts';
import { correctionSeconds } from '../../model/clock-skew.ts';
import type { Confidence } from '../../model/diagnosis.ts';
import type { ClockWitness } from '../../model/evidence.ts';
import { byNetwork } from '../network-finding.ts';
import { REFERENCES } from '../references.ts';
import type { Finding, RuleTable } from '../rule.ts';
import type { CaseFacts } from '../case-facts.ts';
import type { NetworkFailure } from '../failures.ts';
import { tokenWithCause } from '../when.ts';

/** If the clocks differ by this much or more, assertions and certificates may be refused because of their dates. */
const SKEW_SECONDS = 300;

export function isTimeCode(failedLeg: NetworkFailure): boolean {
  return /^CERT_(?:HAS_EXPIRED|NOT_YET_VALID)$/.test(failedLeg.failure.code ?? '');
}

export function skewMatters(facts: CaseFacts): boolean {
  return Math.abs(correctionSeconds(facts)) >= SKEW_SECONDS;
}

/** Whether the clocks differ by enough, and in the right direction, to explain why the certificate was refused. */
export function skewExplains(facts: CaseFacts, { failure }: NetworkFailure): boolean {
  const ahead = correctionSeconds(facts) > 0;
  return skewMatters(facts) && ahead === (failure.code === 'CERT_HAS_EXPIRED');
}

/**
 * If a certificate is not yet valid, the clock is usually wrong. If it has expired, the certificate is usually at
 * fault.
 */
function confidenceByCode({ failure }: NetworkFailure): Confidence {
  return failure.code === 'CERT_NOT_YET_VALID' ? 'likely' : 'possible';
}

function lengthOf(seconds: number): string {
  return roundDuration((seconds < 120 ? Math.round(seconds) : Math.round(seconds / 60) * 60) * 1_000);
}

/**
 * The confidence and the evidence if the `Date` header of the token host differs from this machine's clock. They depend
 * on whether the token's time of issue confirms the `Date`. `none`: the time of issue is unknown.
 */
const WITNESSES: Readonly<Record<ClockWitness | 'none', readonly [Confidence, readonly string[]]>> = {
  confirms: ['certain', ["The time at which the token was issued agrees with the token host's clock."]],
  none: ['likely', []],
  contradicts: [
    'possible',
    [
      "The time at which the token was issued agrees with this machine's clock: the token host's Date may be wrong.",
    ],
  ],
};

function clockSkew(facts: CaseFacts): Finding | undefined {
  const skew = facts.clockSkewSeconds;
  const measured =
    skew === undefined
      ? []
      : [
          `This machine's clock is ${lengthOf(Math.abs(skew))} ${skew > 0 ? 'ahead of' : 'behind'} the token host's.`,
        ];
  const byCertificate = byNetwork((failedLeg) =>
    failedLeg.failure.kind === 'untrusted' && isTimeCode(failedLeg)
      ? {
          confidence:
            skew === undefined
              ? confidenceByCode(failedLeg)
              : skewExplains(facts, failedLeg)
                ? 'certain'
                : 'possible',
          because: measured,
        }
      : undefined,
  )(facts);
  if (byCertificate !== undefined && (skew === undefined || byCertificate.confidence === 'certain'))
    return byCertificate;
  const token = tokenWithCause(facts, 'assertion-time-invalid');
  if (token !== undefined) {
    return {
      confidence: skewMatters(facts) ? 'likely' : 'possible',
      about: token.about,
      because: measured,
    };
  }
  if (facts.token?.failure.code === 'token-not-yet-valid') {
    return { confidence: 'likely', about: facts.token.about, because: measured };
  }
  if (facts.claimsFault === 'token-not-yet-valid') {
    return {
      confidence: 'likely',
      about: 'claims',
      because: [...measured, "By this machine's clock, the token is not valid yet."],
    };
  }
  if (Math.abs(skew ?? 0) < SKEW_SECONDS) return undefined;
  const [confidence, witness] = WITNESSES[facts.clockWitness ?? 'none'];
  return { confidence, about: 'clock', severity: 'warning', because: [...measured, ...witness] };
}

export const CLOCK_RULES = {
  'clock-skew': {
    title: () => "This machine's clock is wrong",
    owner: 'operator',
    scope: 'prober',
    references: [REFERENCES.certificateCredentials],
    symptom:
      "The Date of the token host's answers differs from this machine's clock by more than five minutes; AADSTS700024; CERT_NOT_YET_VALID or CERT_HAS_EXPIRED from hosts whose certificates are valid. A wrong clock affects certificates, not client secrets.",
    test: () => "Compare this machine's clock with another's: run date -u on both.",
    lookAlikes: ['assertion-time-invalid', 'server-certificate-expired'],
    when: clockSkew,
    fix: () => [
      shell(
        'Check the clock, and switch on time synchronization.',
        'timedatectl status\nsudo timedatectl set-ntp true',
      ),
      say('On Windows: w32tm /query /status, then w32tm /resync, as an administrator.'),
    ],
    takesEffect: 'At once.',
  },
} satisfies RuleTable;
