/**
 * The failures of a look, one by one: what the token leg said, what the mail leg said, and which of them happened
 * below any protocol. Part of the scene that rules judge.
 */
import {
  stageOf,
  type Evidence,
  type Failure,
  type FailureKind,
  type StageName,
  type TokenFacts,
} from '../model/evidence.ts';
import {
  causesOfCut,
  codeNumber,
  isTelling,
  meaningOf,
  mostSpecific,
  openCausesOf,
  type CodeMeaning,
} from './vocabulary/aadsts.ts';
import { codeBySentence, OAUTH_ERRORS } from './vocabulary/entra-words.ts';
import { phrasesIn, type PhraseId } from './vocabulary/phrases.ts';

/** A failure of the token leg, or of a background refresh while the token in hand lives. */
export interface TokenTrouble {
  readonly about: 'token' | 'refresh';
  readonly failure: Failure;
  readonly facts: TokenFacts;
  readonly code: number | undefined;
  readonly meaning: CodeMeaning | undefined;
  /** Where there is no code of Entra: the causes that OAuth's own error name leaves open, best first. */
  readonly open: readonly string[];
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

export function tokenTroubleOf(evidence: Evidence, success: boolean): TokenTrouble | undefined {
  const stage = stageOf(evidence, 'token');
  if (stage === undefined) return undefined;
  if (stage.failure !== undefined && stage.outcome === 'failed' && !success) {
    return {
      about: 'token',
      failure: stage.failure,
      facts: stage.facts,
      ...codeOf(stage.failure, stage.facts),
    };
  }
  const refresh = stage.facts.refreshFailure;
  if (refresh === undefined) return undefined;
  // The facts are those of the token in hand; of the refresh only the failure is known.
  const facts: TokenFacts =
    stage.facts.secretShape === undefined ? {} : { secretShape: stage.facts.secretShape };
  return {
    about: 'refresh',
    failure: refresh.failure,
    facts,
    tokenExpiresAt: refresh.tokenExpiresAt,
    ...codeOf(refresh.failure, {}),
  };
}

/** How `explain` marks a code that stands at the very end of a text: it may go on. */
const CUT_CODE = /^AADSTS(\d{4,8})\.\.\.$/;

function codeOf(failure: Failure, facts: TokenFacts): Pick<TokenTrouble, 'code' | 'meaning' | 'open'> {
  const cut = CUT_CODE.exec(failure.code ?? '')?.[1];
  if (cut !== undefined) return { code: undefined, meaning: undefined, open: causesOfCut(Number(cut)) };
  const inText = [...failure.text.matchAll(/AADSTS(\d{4,8})/gi)].map((match) => Number(match[1]));
  const own = codeNumber(failure.code);
  const all = [...(facts.errorCodes ?? []), ...(own === undefined ? [] : [own]), ...inText];
  const code = mostSpecific(all);
  if (code !== undefined) {
    const precise = isTelling(code) ? code : (codeBySentence(failure.text.toLowerCase()) ?? code);
    const open = openCausesOf(precise);
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
