/**
 * What does a pasted text mean? Searches the output of mail clients, logs and token endpoints for evidence, with the
 * same phrases as for probes, and diagnoses it with the same rules. Tokens and secrets in the text are never part of
 * the answer. Pure. Called by the command `explain` and by POST /api/v1/explain.
 */
import { emptyContext, type Context } from './model/context.ts';
import type { Diagnosis } from './model/diagnosis.ts';
import type { Evidence, Stage, StageName } from './model/evidence.ts';
import type { Explanation } from './model/explanation.ts';
import type { Protocol } from './model/protocol.ts';
import { evaluate } from './diagnosis/diagnose.ts';
import { bySureness } from './diagnosis/order.ts';
import { createFinder, type Finder } from './transcript/finder.ts';
import type { ParsedMail } from './transcript/parse-mail.ts';
import type { ParsedToken } from './transcript/parsed-token.ts';
import { programIn } from './transcript/parse-program.ts';
import { parseTranscript, type Parsed } from './transcript/parse-transcript.ts';
import { normalize } from './transcript/normalize.ts';
import { LINES_THAT_HELP } from './vocabulary/programs.ts';
import { caseFactsOf, type Hints, type CaseFacts } from './diagnosis/case-facts.ts';

const MOST_DIAGNOSES = 20;
/** Phrases that only Entra and Exchange print. */
const UNMISTAKABLE =
  /AADSTS\d{4}|AUTHENTICATE failed|authenticated but not connected|Authentication failure: unknown user name/;
/** A longer text is taken for a log file, in which no terminal has wrapped lines. */
const LONGEST_BROKEN = 20_000;

/** `now`: the time against which pasted tokens are checked, in epoch milliseconds. */
export function explainText(text: string, now: number): Explanation {
  const plain = normalize(text);
  const finder = createFinder(plain);
  const found = diagnoseAll(finder, now);
  const diagnoses = found.length > 0 ? found : diagnoseUnbroken(plain, now);
  const program = programIn(finder);
  return {
    diagnoses,
    ...(program === undefined ? {} : { writtenBy: program.name }),
    wouldHelp: diagnoses.every(isUnexplained) ? [...(program ? [program.log] : []), ...LINES_THAT_HELP] : [],
  };
}

/** Returns only the diagnoses. Empty if nothing is recognized. */
export function explain(text: string, now: number): readonly Diagnosis[] {
  return explainText(text, now).diagnoses;
}

/** Joins all lines and diagnoses the text again, because a terminal may have wrapped a line within a known phrase. */
function diagnoseUnbroken(plain: string, now: number): readonly Diagnosis[] {
  if (plain.length > LONGEST_BROKEN) return [];
  const unbroken = plain.replaceAll('\n', '');
  return UNMISTAKABLE.test(unbroken) ? diagnoseAll(createFinder(unbroken), now) : [];
}

function diagnoseAll(finder: Finder, now: number): readonly Diagnosis[] {
  const parsed = parseTranscript(finder);
  return ranked(allCaseFactsOf(parsed, now).flatMap((facts) => evaluate(facts)));
}

/**
 * Pairs the first failed token request in the text with the first failure of a mail server, the second with the second,
 * and so on. Each pair is diagnosed like one probe.
 */
function allCaseFactsOf(parsed: Parsed, now: number): readonly CaseFacts[] {
  const rows = Math.max(parsed.tokens.length, parsed.mails.length, parsed.claims === undefined ? 0 : 1);
  return Array.from({ length: rows }, (_, row) => {
    const token = parsed.tokens[row];
    const mail = parsed.mails[row];
    const evidence = probeOf(mail?.protocol ?? parsed.protocol, now, [
      ...tokenStages(token),
      ...(parsed.claims === undefined ? [] : [claimsStage(parsed.claims)]),
      ...mailStages(mail, parsed),
    ]);
    return caseFactsOf(
      evidence,
      contextOf(parsed, evidence.protocol, now),
      'text',
      hintsOf(parsed, token, mail),
    );
  });
}

function probeOf(protocol: Protocol, now: number, stages: readonly Stage[]): Evidence {
  return { protocol, startedAt: now, seconds: 0, stages, standstillMs: 0 };
}

/** The host that a failure names takes precedence over hosts in the text around it. */
function hintsOf(
  { quoted, userFlow, oddUser }: Parsed,
  token: ParsedToken | undefined,
  mail: ParsedMail | undefined,
): Hints {
  return {
    names: { ...quoted, ...mail?.place, ...(token?.place === undefined ? {} : { tokenHost: token.place }) },
    userFlow,
    oddUser,
    ...(token?.open === undefined
      ? {}
      : { open: { causes: token.open, confidence: token.confidence ?? 'possible' } }),
    ...(mail?.open === undefined
      ? {}
      : { openMail: { causes: mail.open, confidence: mail.confidence ?? 'possible' } }),
  };
}

function claimsStage(facts: Extract<Stage, { stage: 'claims' }>['facts']): Stage {
  return { stage: 'claims', facts, outcome: 'ok', seconds: 0 };
}

function tokenStages(token: ParsedToken | undefined): readonly Stage[] {
  if (token === undefined) return [];
  const { facts, failure } = token;
  return [{ stage: 'token', outcome: 'failed', seconds: 0, facts, failure }];
}

function mailStages(mail: ParsedMail | undefined, parsed: Parsed): readonly Stage[] {
  if (mail === undefined) return [];
  const failed = { outcome: 'failed', seconds: 0, failure: mail.failure } as const;
  const { certificate } = parsed;
  const stages: Readonly<Partial<Record<StageName, readonly Stage[]>>> = {
    dns: [{ stage: 'dns', facts: {}, ...failed }],
    connect: [{ stage: 'connect', facts: {}, ...failed }],
    tls: [
      { stage: 'tls', facts: certificate === undefined ? {} : { pastedCertificate: certificate }, ...failed },
    ],
    greeting: [{ stage: 'greeting', facts: {}, ...failed }],
    auth: [{ stage: 'auth', facts: authFacts(parsed), ...failed }],
    open: [
      { stage: 'auth', facts: authFacts(parsed), outcome: 'ok', seconds: 0 },
      { stage: 'open', facts: {}, ...failed },
    ],
  };
  return stages[mail.stage] ?? [];
}

function authFacts({ challenge }: Parsed): Extract<Stage, { stage: 'auth' }>['facts'] {
  return challenge === undefined ? {} : { challenge };
}

/** If the text also shows a mailbox that opened, this counts as a successful probe besides the failed one. */
function contextOf({ opened, mails }: Parsed, protocol: Protocol, now: number): Context {
  const empty = emptyContext(now);
  const other = opened.find((each) => each.protocol !== protocol);
  if (other !== undefined) {
    const evidence = probeOf(other.protocol, now, []);
    return { ...empty, otherProtocols: [{ evidence, success: true, diagnoses: [] }] };
  }
  const same = opened.find((each) => each.protocol === protocol);
  const last = Math.max(...mails.map(({ where = 0 }) => where));
  // The mailbox opened after the last failure, so the cause was fixed or has passed.
  return same !== undefined && same.at > last
    ? { ...empty, history: { ...empty.history, lastSuccess: now } }
    : empty;
}

/**
 * Keeps the diagnosis with the highest confidence for each cause. If any failure is explained, drops the failures
 * without an explanation.
 */
function ranked(all: readonly Diagnosis[]): readonly Diagnosis[] {
  const best = new Map<string, Diagnosis>();
  for (const diagnosis of all.toSorted(bySureness)) {
    if (!best.has(diagnosis.cause)) best.set(diagnosis.cause, diagnosis);
  }
  const kept = [...best.values()];
  const explained = kept.filter((diagnosis) => !isUnexplained(diagnosis));
  return (explained.length > 0 ? explained : kept).slice(0, MOST_DIAGNOSES);
}

function isUnexplained({ cause }: Diagnosis): boolean {
  return cause.endsWith('-unexplained');
}
