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
import {
  codeNumber,
  isTelling,
  meaningOf,
  mostSpecific,
  openCausesOf,
  type CodeMeaning,
} from '../vocabulary/aadsts.ts';
import { codeBySentence, OAUTH_ERRORS } from '../vocabulary/entra-words.ts';
import { phrasesIn, type PhraseId } from '../vocabulary/phrases.ts';

/** A failure of the token leg, or of a background refresh while the token in hand lives. */
export interface TokenTrouble {
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

export interface MailTrouble {
  readonly stage: StageName;
  readonly failure: Failure;
  readonly phrases: ReadonlySet<PhraseId>;
}

/** A failure below any protocol: of which leg, and where that leg stopped. */
export interface NetworkTrouble {
  readonly about: 'token' | 'refresh' | 'mail';
  readonly at: 'dns' | 'connect' | 'tls' | 'greeting' | 'http';
  readonly failure: Failure;
}

/** `open`: of a pasted text that leaves causes open, those. */
export function tokenTroubleOf(
  evidence: Evidence,
  success: boolean,
  open: readonly Cause[] = [],
): TokenTrouble | undefined {
  const stage = stageOf(evidence, 'token');
  if (stage === undefined) return undefined;
  if (stage.failure !== undefined && stage.outcome === 'failed' && !success) {
    return {
      about: 'token',
      failure: stage.failure,
      facts: stage.facts,
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
    tokenExpiresAt: refresh.tokenExpiresAt,
    ...codeOf(refresh.failure, {}),
  };
}

function codeOf(failure: Failure, facts: TokenFacts): Pick<TokenTrouble, 'code' | 'meaning' | 'open'> {
  const inText = [...failure.text.matchAll(/AADSTS(\d{4,8})/gi)].map((match) => Number(match[1]));
  const own = codeNumber(failure.code);
  // What stands in the words may be a mention of another.
  const said = [...(facts.errorCodes ?? []), ...(own === undefined ? [] : [own])];
  const code = mostSpecific(said.length > 0 ? said : inText);
  if (code !== undefined) {
    const precise = isTelling(code) ? code : (codeBySentence(failure.text.toLowerCase()) ?? code);
    const open = precise === code ? openCausesOf(code) : [];
    return { code: precise, meaning: open.length > 0 ? undefined : meaningOf(precise), open };
  }
  const error = facts.error ?? failure.code ?? '';
  return {
    code,
    meaning: undefined,
    open: Object.hasOwn(OAUTH_ERRORS, error) ? (OAUTH_ERRORS[error] ?? []) : [],
  };
}

export function mailTroubleOf(evidence: Evidence, success: boolean): MailTrouble | undefined {
  if (success) return undefined;
  const stage = evidence.stages.find(
    ({ stage, outcome }) => outcome === 'failed' && stage !== 'token' && stage !== 'claims',
  );
  if (stage?.failure === undefined) return undefined;
  const challenge = stageOf(evidence, 'auth')?.facts.challenge;
  const words = [
    stage.failure.code === undefined ? '' : `[${stage.failure.code}]`,
    stage.failure.text,
    challenge?.scope ?? '',
    stage.stage === 'auth' ? (stage.facts.text ?? '') : '',
    stageOf(evidence, 'greeting')?.facts.text ?? '',
  ];
  return { stage: stage.stage, failure: stage.failure, phrases: phrasesIn(words.join(' ')) };
}

const BEFORE_WORDS: ReadonlySet<string> = new Set(['dns', 'connect', 'tls', 'greeting']);

export function networkTroublesOf(
  token: TokenTrouble | undefined,
  mail: MailTrouble | undefined,
): readonly NetworkTrouble[] {
  const troubles: NetworkTrouble[] = [];
  if (token !== undefined && token.code === undefined && token.failure.kind !== 'rejected') {
    const at = token.facts.stoppedAt ?? STOPS[token.failure.kind];
    if (at !== undefined) troubles.push({ about: token.about, at, failure: token.failure });
  }
  if (
    mail !== undefined &&
    (mail.stage === 'dns' || mail.stage === 'connect' || mail.stage === 'tls' || mail.stage === 'greeting')
  ) {
    troubles.push({ about: 'mail', at: mail.stage, failure: mail.failure });
  }
  return troubles.filter((trouble) => trouble.about !== 'mail' || BEFORE_WORDS.has(trouble.at));
}

/** Where a leg stopped, by the kind of its failure, when it did not say. */
const STOPS: Readonly<Partial<Record<FailureKind, NetworkTrouble['at']>>> = {
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
export function isCut({ at, failure }: NetworkTrouble): boolean {
  return at === 'connect' && CUT.has(failure.kind);
}

const PLAIN_TEXT =
  /WRONG_VERSION_NUMBER|HTTP_REQUEST|PACKET_LENGTH_TOO_LONG|RECORD_LENGTH|wrong version number/i;

/** What answered the handshake is no TLS. */
export function isPlainText({ at, failure }: NetworkTrouble): boolean {
  return at === 'tls' && PLAIN_TEXT.test(`${failure.code ?? ''} ${failure.text}`);
}
