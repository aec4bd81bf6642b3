/**
 * The failures of a look, one by one: what the token leg said, what the mail leg said, and which of them happened
 * below any protocol. Part of the scene that rules judge.
 */
import type { Cause } from '../model/cause.ts';
import {
  stageOf,
  type Evidence,
  type Failure,
  type FailureKind,
  type StageName,
  type TokenFacts,
} from '../model/evidence.ts';
import { meaningOf, openCausesOf, type CodeMeaning } from '../vocabulary/aadsts.ts';
import { OAUTH_ERRORS } from '../vocabulary/entra-messages.ts';
import { entraCodeOf, idsOf, type Ids } from './recognise.ts';

/** A failure of the token leg, or of a background refresh while the token in hand lives. */
export interface TokenLegFailure extends Pick<Ids, 'signs'> {
  readonly about: 'token' | 'refresh';
  readonly failure: Failure;
  readonly facts: TokenFacts;
  readonly code: number | undefined;
  readonly meaning: CodeMeaning | undefined;
  /** Where there is no code of Entra: the causes that OAuth's own error name leaves open, best first. */
  readonly open: readonly Cause[];
  /** Epoch milliseconds; only for `refresh`. */
  readonly tokenExpiresAt?: number;
}

export interface MailFailure extends Ids {
  readonly stage: StageName;
  readonly failure: Failure;
}

/** A failure below any protocol: of which leg, and where that leg stopped. */
export interface NetworkFailure extends Pick<Ids, 'signs'> {
  readonly about: 'token' | 'refresh' | 'mail';
  readonly at: 'dns' | 'connect' | 'tls' | 'greeting' | 'http';
  readonly failure: Failure;
}

/** `open`: of a pasted text that leaves causes open, those. */
export function tokenFailureOf(
  evidence: Evidence,
  success: boolean,
  open: readonly Cause[] = [],
): TokenLegFailure | undefined {
  const stage = stageOf(evidence, 'token');
  if (stage === undefined) return undefined;
  if (stage.failure !== undefined && stage.outcome === 'failed' && !success) {
    return {
      about: 'token',
      failure: stage.failure,
      facts: stage.facts,
      signs: idsOf(stage.failure).signs,
      ...(open.length > 0
        ? { code: undefined, meaning: undefined, open }
        : codeOf(stage.failure, stage.facts)),
    };
  }
  const refresh = stage.facts.refreshFailure;
  if (refresh === undefined) return undefined;
  // The facts are those of the token in hand; of the refresh only the failure is known.
  const { secretShape } = stage.facts;
  const { stoppedAt } = refresh;
  const facts: TokenFacts = {
    ...(secretShape === undefined ? {} : { secretShape }),
    ...(stoppedAt === undefined ? {} : { stoppedAt }),
  };
  return {
    about: 'refresh',
    failure: refresh.failure,
    facts,
    signs: idsOf(refresh.failure).signs,
    tokenExpiresAt: refresh.tokenExpiresAt,
    ...codeOf(refresh.failure, {}),
  };
}

function codeOf(failure: Failure, facts: TokenFacts): Pick<TokenLegFailure, 'code' | 'meaning' | 'open'> {
  const code = entraCodeOf(failure, facts);
  if (code !== undefined) {
    const open = openCausesOf(code);
    return { code, meaning: open.length > 0 ? undefined : meaningOf(code), open };
  }
  const error = facts.error ?? failure.code ?? '';
  return {
    code,
    meaning: undefined,
    open: Object.hasOwn(OAUTH_ERRORS, error) ? (OAUTH_ERRORS[error] ?? []) : [],
  };
}

export function mailFailureOf(evidence: Evidence, success: boolean): MailFailure | undefined {
  if (success) return undefined;
  const stage = evidence.stages.find(
    ({ stage, outcome }) => outcome === 'failed' && stage !== 'token' && stage !== 'claims',
  );
  if (stage?.failure === undefined) return undefined;
  const challenge = stageOf(evidence, 'auth')?.facts.challenge;
  const around = [
    challenge?.scope ?? '',
    stage.stage === 'auth' ? (stage.facts.text ?? '') : '',
    stageOf(evidence, 'greeting')?.facts.text ?? '',
  ];
  return { stage: stage.stage, failure: stage.failure, ...idsOf(stage.failure, around) };
}

const BEFORE_WORDS: ReadonlySet<string> = new Set(['dns', 'connect', 'tls', 'greeting']);

export function networkFailuresOf(
  token: TokenLegFailure | undefined,
  mail: MailFailure | undefined,
): readonly NetworkFailure[] {
  const failures: NetworkFailure[] = [];
  if (token !== undefined && token.code === undefined && token.failure.kind !== 'rejected') {
    const at = token.facts.stoppedAt ?? STOPS[token.failure.kind];
    if (at !== undefined) {
      const { about, failure, signs } = token;
      failures.push({ about, at, failure, signs });
    }
  }
  if (
    mail !== undefined &&
    (mail.stage === 'dns' || mail.stage === 'connect' || mail.stage === 'tls' || mail.stage === 'greeting')
  ) {
    failures.push({ about: 'mail', at: mail.stage, failure: mail.failure, signs: mail.signs });
  }
  return failures.filter((trouble) => trouble.about !== 'mail' || BEFORE_WORDS.has(trouble.at));
}

/** Where a leg stopped, by the kind of its failure, when it did not say. */
const STOPS: Readonly<Partial<Record<FailureKind, NetworkFailure['at']>>> = {
  dns: 'dns',
  refused: 'connect',
  unreachable: 'connect',
  timeout: 'connect',
  proxy: 'connect',
  tls: 'tls',
  untrusted: 'tls',
  reset: 'tls',
  closed: 'tls',
  http: 'http',
  protocol: 'http',
};

/** The other side, or something on the way, ended the connection. */
export const CUT_OFF: ReadonlySet<FailureKind> = new Set(['reset', 'closed']);

/** Nobody answered, or not to the end. */
export const BROKEN_OFF: ReadonlySet<FailureKind> = new Set([...CUT_OFF, 'timeout']);

const CUT: ReadonlySet<FailureKind> = new Set(['refused', 'timeout', 'unreachable', 'reset']);

/** The connection itself did not come about. */
export function isCut({ at, failure }: NetworkFailure): boolean {
  return at === 'connect' && CUT.has(failure.kind);
}

/** What answered the handshake is no TLS. */
export function isPlainText({ at, signs }: NetworkFailure): boolean {
  return at === 'tls' && signs.has('plain-text');
}
