/** Writes the evidence of a diagnosis: one line per fact, with the messages of servers verbatim. */
import { stageOf } from '../model/evidence.ts';
import type { Failure } from '../model/failure.ts';
import type { About } from './rule.ts';
import type { CaseFacts } from './case-facts.ts';
import { timeOf } from './time.ts';

export function evidenceLines(about: About, facts: CaseFacts): readonly string[] {
  const lines: Readonly<Partial<Record<About, () => readonly string[]>>> = {
    token: () => tokenLines(facts),
    refresh: () => tokenLines(facts),
    mail: () => [...mailLines(facts), ...claimsLine(facts)],
    claims: () => [...claimsFailure(facts), ...mailLines(facts), ...claimsLine(facts)],
    network: () => [...tokenLines(facts), ...mailLines(facts)],
  };
  return lines[about]?.() ?? [];
}

function tokenLines({ token, pasted }: CaseFacts): readonly string[] {
  if (token === undefined) return [];
  const { facts } = token;
  const ids = [
    facts.traceId === undefined ? '' : `trace id ${facts.traceId}`,
    facts.correlationId === undefined ? '' : `correlation id ${facts.correlationId}`,
    facts.answeredBy === undefined ? '' : `answered by ${facts.answeredBy}`,
  ].filter((part) => part !== '');
  const line = `${token.about === 'refresh' ? 'token refresh' : 'token'}: ${failureMessages(token.failure, pasted)}`;
  return ids.length === 0 ? [line] : [line, `token: ${ids.join(', ')}`];
}

function mailLines({ mail, evidence, names, pasted }: CaseFacts): readonly string[] {
  if (mail === undefined) return [];
  const challenge = stageOf(evidence, 'auth')?.facts.challenge;
  const line = `${names.protocol} ${mail.stage}: ${failureMessages(mail.failure, pasted)}`;
  if (challenge === undefined) return [line];
  const parts = Object.entries(challenge).map(([name, value]) => `${name} ${value}`);
  return [line, `${names.protocol} auth: the server's challenge says ${parts.join(', ')}`];
}

function claimsFailure({ evidence }: CaseFacts): readonly string[] {
  const failure = stageOf(evidence, 'claims')?.failure;
  return failure === undefined ? [] : [`claims: ${failure.text}`];
}

/**
 * Shows the claims that rules read, and the object id that must be registered in Exchange. Never shows the token
 * itself.
 */
function claimsLine({ claims }: CaseFacts): readonly string[] {
  if (claims === undefined) return [];
  const parts = [
    claims.audience === undefined ? '' : `aud ${claims.audience}`,
    `roles ${claims.roles === undefined ? 'none' : claims.roles.join(' ')}`,
    claims.appId === undefined ? '' : `appid ${claims.appId}`,
    claims.objectId === undefined ? '' : `oid ${claims.objectId}`,
    claims.tenantId === undefined ? '' : `tid ${claims.tenantId}`,
    claims.expiresAt === undefined ? '' : `until ${timeOf(claims.expiresAt)}`,
  ].filter((part) => part !== '');
  return [`token claims: ${parts.join(', ')}`];
}

/**
 * Whether the text contains `part` as a whole word. Without this check, the status `401` would be found in many trace
 * ids.
 */
function hasWord(part: string, text: string): boolean {
  return text.split(/[^\w-]+/).includes(part);
}

/**
 * Returns the text of a failure. The code and the status come before it, each only if the text does not contain it. The
 * code of a pasted text was derived from that text, so it comes after the text, as `[read as ...]`.
 */
function failureMessages({ code, status, text }: Failure, pasted: boolean): string {
  const readAs = code === undefined || text.includes(code) ? '' : ` [read as ${code}]`;
  const head = [pasted ? undefined : code, status]
    .filter((part): part is string => part !== undefined && !hasWord(part, text))
    .join(' ');
  return `${head === '' ? '' : `${head} `}${text}${pasted ? readAs : ''}`;
}

export function rolesLine({ claims }: CaseFacts): string {
  const { roles = [] } = claims ?? {};
  return roles.length === 0
    ? 'The token carries no roles.'
    : `The token carries the roles ${roles.join(', ')}.`;
}
