/**
 * What does a text that somebody pasted mean? Whatever mail clients, logs and token endpoints print is searched for
 * evidence by the same words that judge our own looks, and judged by the same rules. The command line's `explain`
 * and POST /api/v1/explain call it. Pure; tokens and secrets in the text are never part of the answer.
 */
import { emptyContext, type Context } from '../model/context.ts';
import type { Confidence, Diagnosis } from '../model/diagnosis.ts';
import type { CertificateFacts, Claims, Evidence, Stage, StageName } from '../model/evidence.ts';
import type { Protocol } from '../model/target.ts';
import { hasRole } from './claims-fault.ts';
import { judge } from './diagnose.ts';
import type { QuotedNames } from './names.ts';
import { systemFailuresIn, type HeardSystem } from './reading/connections.ts';
import { createFinder, type Finder } from './reading/finder.ts';
import { normalise } from './reading/normalise.ts';
import { protocolIn, quotedNames } from './reading/quoted.ts';
import {
  isUserFlow,
  mailPhrasesIn,
  successesIn,
  tokenFailuresIn,
  type HeardMail,
  type HeardToken,
} from './reading/recognise.ts';
import { certificateIn } from './reading/certificate.ts';
import { challengeIn, claimsIn, saslIn, type SaslString } from './reading/tokens.ts';
import { veil } from './reading/veil.ts';
import { sceneOf } from './scene.ts';

/** What was heard, sorted by leg. */
interface Heard {
  readonly protocol: Protocol;
  readonly tokens: readonly HeardToken[];
  readonly mails: readonly HeardMail[];
  readonly words: string;
  readonly claims: Claims | undefined;
  readonly quoted: QuotedNames;
  readonly works: readonly Protocol[];
  readonly finder: Finder;
}

const MOST_DIAGNOSES = 20;
/** Of the phrases that were heard, all together. */
const MOST_WORDS = 2000;

/** `now` in epoch milliseconds: what pasted tokens are measured against. Empty when nothing is recognised. */
export function explain(text: string, now: number): readonly Diagnosis[] {
  const finder = createFinder(normalise(text));
  const heard = listen(finder);
  const context = contextOf(heard, now);
  const scenes = evidencesOf(heard, now).map((evidence, row) =>
    sceneOf(evidence, context, 'text', {
      names: { ...heard.quoted, ...placesOf(heard, row) },
      userFlow: isUserFlow(finder),
      ...(heard.tokens[row]?.open === undefined ? {} : { open: heard.tokens[row].open }),
    }),
  );
  return ranked(scenes.flatMap((scene) => judge(scene)));
}

function listen(finder: Finder): Heard {
  const sasl = saslIn(finder);
  const claims = claimsIn(finder)[0] ?? sasl?.claims;
  const phrases = mailPhrasesIn(finder);
  const system = systemFailuresIn(finder);
  const protocol = phrases?.heard.protocol ?? protocolIn(finder) ?? protocolOf(claims);
  const quoted = quotedNames(finder, sasl?.sasl.user);
  return {
    protocol,
    tokens: [
      ...tokenFailuresIn(finder),
      ...system.filter(({ leg }) => leg === 'token').map((each) => asToken(each, certificateIn(finder))),
    ],
    mails: mailsOf(phrases?.heard, sasl?.sasl, system, finder),
    words: phrases?.words ?? '',
    claims,
    quoted,
    works: successesIn(finder).filter((each) => each !== protocol),
    finder,
  };
}

/** A token alone is judged for the protocol that it is good for. */
function protocolOf(claims: Claims | undefined): Protocol {
  return claims !== undefined && hasRole(claims, 'pop3') && !hasRole(claims, 'imap') ? 'pop3' : 'imap';
}

function asToken({ failure, at, place }: HeardSystem, certificate: CertificateFacts | undefined): HeardToken {
  return {
    failure,
    facts: {
      stoppedAt: at === 'greeting' ? 'http' : at,
      ...(certificate === undefined || at !== 'tls' ? {} : { certificate }),
    },
    ...(place === undefined ? {} : { place }),
  };
}

/** A server that has spoken was reached: connections that broke afterwards only follow from what it said. */
function mailsOf(
  spoken: HeardMail | undefined,
  sasl: SaslString | undefined,
  system: readonly HeardSystem[],
  finder: Finder,
): readonly HeardMail[] {
  const below = system
    .filter(
      ({ leg, words }) =>
        leg === 'mail' && !(spoken !== undefined && (words.weak === true || words.kind === 'timeout')),
    )
    .map(
      ({ at, failure, place }): HeardMail => ({
        stage: at === 'http' ? 'greeting' : at,
        failure,
        ...(place === undefined ? {} : { place }),
      }),
    );
  const challenge = spoken === undefined && challengeIn(finder) !== undefined;
  const refused: readonly HeardMail[] =
    spoken !== undefined
      ? [spoken]
      : challenge
        ? [
            {
              stage: 'auth',
              failure: { kind: 'rejected', text: 'The server answered with a SASL error challenge.' },
            },
          ]
        : [];
  const built = sasl?.fault;
  if (built === undefined) return [...refused, ...below];
  return [{ stage: 'auth', failure: { kind: 'rejected', code: 'sasl-malformed', text: built } }, ...below];
}

/** One evidence for each failure of a leg; the first of both legs share one, so that they are weighed together. */
function evidencesOf(heard: Heard, now: number): readonly Evidence[] {
  const rows = Math.max(heard.tokens.length, heard.mails.length, heard.claims === undefined ? 0 : 1);
  return Array.from({ length: rows }, (_, row) => ({
    mailbox: '',
    protocol: heard.protocol,
    app: '',
    startedAt: now,
    seconds: 0,
    stages: [
      ...tokenStages(heard.tokens[row]),
      ...(heard.claims === undefined ? [] : [stage({ stage: 'claims', facts: heard.claims })]),
      ...mailStages(heard.mails[row], heard),
    ],
    suspect: false,
  }));
}

/** A failure names its own host better than the text around it. */
function placesOf({ tokens, mails }: Heard, row: number): QuotedNames {
  const tokenHost = tokens[row]?.place;
  return { ...mails[row]?.place, ...(tokenHost === undefined ? {} : { tokenHost }) };
}

function stage(given: Pick<Extract<Stage, { stage: 'claims' }>, 'stage' | 'facts'>): Stage {
  return { ...given, outcome: 'ok', seconds: 0 };
}

function tokenStages(token: HeardToken | undefined): readonly Stage[] {
  if (token === undefined) return [];
  const { facts, failure } = token;
  return [{ stage: 'token', outcome: 'failed', seconds: 0, facts, failure }];
}

function mailStages(mail: HeardMail | undefined, heard: Heard): readonly Stage[] {
  if (mail === undefined) return [];
  const failed = { outcome: 'failed', seconds: 0, failure: mail.failure } as const;
  const certificate = certificateIn(heard.finder);
  const stages: Readonly<Partial<Record<StageName, readonly Stage[]>>> = {
    dns: [{ stage: 'dns', facts: {}, ...failed }],
    connect: [{ stage: 'connect', facts: {}, ...failed }],
    tls: [{ stage: 'tls', facts: certificate === undefined ? {} : { certificate }, ...failed }],
    greeting: [{ stage: 'greeting', facts: {}, ...failed }],
    auth: [{ stage: 'auth', facts: authFacts(heard), ...failed }],
    open: [
      { stage: 'auth', facts: authFacts(heard), outcome: 'ok', seconds: 0 },
      { stage: 'open', facts: {}, ...failed },
    ],
  };
  return stages[mail.stage] ?? [];
}

function authFacts({ words, finder }: Heard): Extract<Stage, { stage: 'auth' }>['facts'] {
  const challenge = challengeIn(finder);
  return { text: veil(words, MOST_WORDS), ...(challenge === undefined ? {} : { challenge }) };
}

/** That the other protocol works in the same text decides as much as it does in a look. */
function contextOf({ works, protocol }: Heard, now: number): Context {
  const empty = emptyContext(now);
  const [other] = works;
  if (other === undefined) return empty;
  const evidence = {
    mailbox: '',
    protocol: other,
    app: '',
    startedAt: now,
    seconds: 0,
    stages: [],
    suspect: false,
  };
  return protocol === other ? empty : { ...empty, otherProtocol: { evidence, success: true, diagnoses: [] } };
}

const RANK: Readonly<Record<Confidence, number>> = { certain: 2, likely: 1, possible: 0 };

/** One diagnosis per cause, the surest. */
function ranked(all: readonly Diagnosis[]): readonly Diagnosis[] {
  const best = new Map<string, Diagnosis>();
  for (const diagnosis of all.toSorted((a, b) => RANK[b.confidence] - RANK[a.confidence])) {
    if (!best.has(diagnosis.cause)) best.set(diagnosis.cause, diagnosis);
  }
  const kept = [...best.values()];
  const explained = kept.filter((diagnosis) => !diagnosis.cause.endsWith('-unexplained'));
  return (explained.length > 0 ? explained : kept).slice(0, MOST_DIAGNOSES);
}
