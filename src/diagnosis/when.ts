/**
 * Conditions that many rules share: a code of Entra, a phrase of the mail server, or a cause that is a candidate for a
 * refused login.
 */
import type { Cause } from '../model/cause.ts';
import type { Confidence } from '../model/diagnosis.ts';
import type { Finding, Rule } from './rule.ts';
import { fitOf } from './refusal.ts';
import { OF_THE_APP } from './situation.ts';
import type { CaseFacts } from './case-facts.ts';
import type { Open, TokenLegFailure } from './failures.ts';
import { timeOf } from './time.ts';
import type { PhraseId } from '../vocabulary/phrases.ts';

/** Applies if Entra returned a code that means this cause. */
export function byCode(cause: Cause, confidence: Confidence = 'certain'): Rule['when'] {
  return (facts) => {
    const token = tokenWithCause(facts, cause);
    if (token === undefined) return undefined;
    const finding = { confidence, ...detailOf(token) };
    return isRevokedWith(cause, facts) ? { ...finding, about: 'network' } : aboutToken(token, finding);
  };
}

/** Causes that make Exchange refuse even tokens that Entra issued earlier (continuous access evaluation). */
const REVOKING: ReadonlySet<Cause> = new Set<Cause>([
  'app-disabled',
  'app-not-found',
  'sp-missing-in-tenant',
  'conditional-access-blocked',
  'tenant-not-found',
]);

/**
 * Whether the cause explains two failures at once: Entra refuses to renew the token, and Exchange refuses the current
 * token without a reason.
 */
function isRevokedWith(cause: Cause, { token, refusal }: CaseFacts): boolean {
  return token?.about === 'refresh' && refusal !== undefined && REVOKING.has(cause);
}

/**
 * Applies if a failure has several possible causes, and this cause is one of them. Used for every rule whose own
 * condition does not apply.
 */
export function leftOpen(cause: Cause, { token, mail }: CaseFacts): Finding | undefined {
  if (token?.open.causes.includes(cause) === true) return aboutToken(token, surenessOf(cause, token.open));
  return mail?.open.causes.includes(cause) === true
    ? { ...surenessOf(cause, mail.open), about: 'mail' }
    : undefined;
}

function surenessOf(cause: Cause, { causes, confidence }: Open): Pick<Finding, 'confidence' | 'doubtful'> {
  return cause === causes[0] && confidence !== 'possible'
    ? { confidence }
    : { confidence: 'possible', doubtful: true };
}

export function tokenWithCause(facts: CaseFacts, cause: Cause): TokenLegFailure | undefined {
  return facts.token?.meaning?.cause === cause ? facts.token : undefined;
}

/**
 * Makes a finding about the token request. If only the renewal failed and the current token is still valid, the finding
 * is a warning, and its title says how long the token works.
 */
export function aboutToken(token: TokenLegFailure, finding: Omit<Finding, 'about'>): Finding {
  if (token.about === 'token' || token.tokenExpiresAt === undefined)
    return { ...finding, about: token.about };
  return {
    ...finding,
    about: 'refresh',
    severity: 'warning',
    titleSuffix: `the current token works until ${timeOf(token.tokenExpiresAt)}`,
  };
}

function detailOf(token: TokenLegFailure): { readonly detail?: string } {
  return token.meaning?.detail === undefined ? {} : { detail: token.meaning.detail };
}

/** Applies if the login was refused without a reason and refusal-order.ts lists this cause as a candidate. */
export function whenLoginRefused(cause: Cause): Rule['when'] {
  return (facts) => {
    const confidence = fitOf(cause, facts.refusal);
    if (confidence === undefined || facts.refusal === undefined) return undefined;
    const ofApp = OF_THE_APP.has(facts.refusal.situation);
    return {
      confidence,
      about: 'mail',
      because: facts.refusal.because,
      ...(confidence === 'possible' ? { doubtful: true } : {}),
      ...(ofApp ? { scope: 'app' } : {}),
    };
  };
}

export function hasPhrase(facts: CaseFacts, ...phrases: readonly PhraseId[]): boolean {
  return phrases.some((phrase) => facts.mail?.phrases.has(phrase) ?? false);
}

export function aboutMail(confidence: Confidence, more: Omit<Finding, 'about' | 'confidence'> = {}): Finding {
  return { confidence, about: 'mail', ...more };
}

/** Whether a past success of this target is known. */
export function hasWorked({ context }: CaseFacts): boolean {
  return context.history.lastSuccess !== undefined;
}

/** Whether the target failed at least three times in a row, and no past success is known. */
export function failsAlways(facts: CaseFacts): boolean {
  return !hasWorked(facts) && facts.context.history.consecutiveFailures >= 3;
}

/** Returns the finding of the first condition that applies. */
export function either(...conditions: readonly Rule['when'][]): Rule['when'] {
  return (facts) => {
    for (const condition of conditions) {
      const finding = condition(facts);
      if (finding !== undefined) return finding;
    }
    return undefined;
  };
}
