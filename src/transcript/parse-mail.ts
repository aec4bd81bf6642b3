/**
 * What a pasted text says of the mail leg, in the terms of evidence: the servers' refusals, one for each protocol and
 * kind of login, each with the ids of the phrases that belong to it, and where a mailbox opened. The phrases are those
 * of `vocabulary/`, by which the probe's own failures are recognized too.
 */
import { DIALECTS } from '../vocabulary/dialects.ts';
import type { Cause } from '../model/cause.ts';
import type { Confidence } from '../model/diagnosis.ts';
import type { Failure, StageName } from '../model/evidence.ts';
import { PROTOCOL_IDS, type Protocol } from '../model/protocol.ts';
import { PHRASES, phrasesIn, type Phrase, type PhraseId } from '../vocabulary/phrases.ts';
import { signsIn } from '../vocabulary/signs.ts';
import type { Finder } from './finder.ts';
import type { Place } from './parsed-token.ts';
import { quote } from './quote.ts';
import { isOthersServer } from './servers.ts';
import { findStatement } from './statements.ts';

export interface ParsedMail {
  readonly stage: StageName;
  readonly failure: Failure;
  readonly protocol?: Protocol | undefined;
  readonly place?: Place;
  /** The causes that the words leave open, best first, and how sure the first is. */
  readonly open?: readonly Cause[];
  readonly lead?: Confidence;
  /** Where it stands in the text. */
  readonly where?: number;
}

interface Hit {
  readonly phrase: Phrase;
  readonly from: number;
  readonly to: number;
  /** What is shown of it. */
  readonly quoted: string;
}

/** The answers of a password's way, which a program may have tried besides the token's. */
const PASSWORD_WAY: ReadonlySet<string> = new Set(['login-failed', 'pop-logon-failure', 'basic-blocked']);
/** Said by servers of every make. */
const ANYBODYS: ReadonlySet<string> = new Set([
  'authentication-failed',
  'login-failed',
  'pop-logon-failure',
  'mechanism-unsupported',
  'too-many-connections',
  'temporary',
  'line-too-long',
  'wrapped-refusal',
  'left-open',
]);

/** One for each protocol and way of logging in, in the order of how much they say. */
export function mailFailuresIn(finder: Finder): readonly ParsedMail[] {
  const others = isOthersServer(finder);
  const all = PHRASES.flatMap((phrase) => hitOf(phrase, finder));
  const hits = all.filter(({ phrase }) => !(others && ANYBODYS.has(phrase.id)));
  const foreign = all.find((hit) => !hits.includes(hit));
  if (foreign !== undefined && !hits.some(({ phrase }) => phrase.beside !== true))
    return ofOthers(foreign, finder);
  const groups = groupsOf(hits);
  return groups.flatMap((group) => {
    const failures = group.filter(({ phrase }) => phrase.beside !== true);
    const best = failures.find(({ phrase }) => phrase.weak !== true) ?? failures[0];
    if (best === undefined) return [];
    return [
      {
        stage: best.phrase.stage,
        failure: failureOf(
          best,
          finder,
          group.map(({ phrase }) => phrase.id),
        ),
        protocol: group.find(({ phrase }) => phrase.protocol !== undefined)?.phrase.protocol,
        where: best.from,
        ...(best.phrase.open === undefined ? {} : { open: best.phrase.open }),
        ...(best.phrase.lead === undefined ? {} : { lead: best.phrase.lead }),
      },
    ];
  });
}

/** Told only to somebody who meant Microsoft's. */
function ofOthers(hit: Hit, finder: Finder): readonly ParsedMail[] {
  if (!/oauth|microsoft|azure|entra|exchange/.test(finder.lower)) return [];
  const failure = failureOf(hit, finder, [hit.phrase.id]);
  return [
    { stage: hit.phrase.stage, failure: { ...failure, code: 'other-server' }, protocol: hit.phrase.protocol },
  ];
}

/** What no protocol and no way of logging in is named for belongs to each. */
function groupsOf(hits: readonly Hit[]): readonly (readonly Hit[])[] {
  const failures = hits.filter(({ phrase }) => phrase.beside !== true);
  const protocols = PROTOCOL_IDS.filter((protocol) =>
    failures.some(({ phrase }) => phrase.protocol === protocol),
  );
  const perProtocol =
    protocols.length < 2
      ? [hits]
      : protocols.map((protocol) =>
          hits.filter(({ phrase }) => phrase.protocol === undefined || phrase.protocol === protocol),
        );
  return perProtocol.flatMap((group) => {
    const password = group.filter(({ phrase }) => PASSWORD_WAY.has(phrase.id));
    const token = group.filter(
      ({ phrase }) =>
        phrase.beside !== true &&
        phrase.weak !== true &&
        !PASSWORD_WAY.has(phrase.id) &&
        phrase.stage !== 'greeting',
    );
    const isBoth = password.length > 0 && token.some(({ phrase }) => TOKEN_WAY.has(phrase.id));
    return isBoth
      ? [
          group.filter(({ phrase }) => !PASSWORD_WAY.has(phrase.id) && phrase.id !== 'password-mechanism'),
          group.filter((hit) => password.includes(hit)),
        ]
      : [group];
  });
}

const TOKEN_WAY: ReadonlySet<string> = new Set(['authenticate-failed', 'not-connected', 'pop-auth-failure']);

function hitOf(phrase: Phrase, finder: Finder): readonly Hit[] {
  if (!isInPlace(phrase, finder)) return [];
  const hit = findStatement(finder, phrase.hints, phrase.pattern);
  if (hit === undefined) return cutOff(phrase, finder);
  const match = phrase.pattern.exec(hit.line);
  // What a proxy says of itself is no word of the server's.
  if (match === null || /email oauth 2\.0 proxy/i.test(hit.line.slice(match.index, match.index + 120)))
    return [];
  const from = hit.at - hit.head + match.index;
  return [{ phrase, from, to: from + match[0].length, quoted: quote(finder.text, hit.at, hit.word) }];
}

/** A sentence that the text's end cuts off, once enough of it stands there. */
const ENOUGH = 20;

function cutOff(phrase: Phrase, { text, lower }: Finder): readonly Hit[] {
  for (const sentence of phrase.sentences ?? []) {
    for (let length = sentence.length - 1; length >= ENOUGH; length -= 1) {
      if (!lower.endsWith(sentence.slice(0, length))) continue;
      return [{ phrase, from: text.length - length, to: text.length, quoted: sentence }];
    }
  }
  return [];
}

function isInPlace({ needs, unless }: Phrase, { has }: Finder): boolean {
  return (needs?.some(has) ?? true) && !(unless?.some(has) ?? false);
}

/** The lines that the words stand on. Read, never shown. */
function linesAt({ text }: Finder, { from, to }: Hit): string {
  const begin = Math.max(text.lastIndexOf('\n', from) + 1, from - LONGEST_HEAD);
  const end = text.indexOf('\n', to);
  return text.slice(begin, Math.min(end < 0 ? text.length : end, to + LONGEST_HEAD));
}

const LONGEST_HEAD = 200;

function failureOf(hit: Hit, finder: Finder, ids: readonly PhraseId[]): Failure {
  const lines = linesAt(finder, hit);
  const backOff = /Backoff Time: (\d{1,9}) milliseconds/i.exec(lines)?.[1];
  const status = /(?:^|[\s"'])(NO|BAD|BYE|-ERR)\s/.exec(lines)?.[1];
  return {
    kind: hit.phrase.kind,
    ...(status === undefined ? {} : { status }),
    text: hit.quoted,
    // What stands on its own lines belongs to it, whatever the rest of the text is about.
    recognized: { phrases: [...ids, ...phrasesIn(lines)], signs: signsIn(lines) },
    ...(backOff === undefined ? {} : { retryAfterSeconds: Math.round(Number(backOff) / 1000) }),
  };
}

export interface Opened {
  readonly protocol: Protocol;
  /** The last place at which it is said. */
  readonly at: number;
}

/** Protocols over which a mailbox opened in this text. */
export function successesIn(finder: Finder): readonly Opened[] {
  return PROTOCOL_IDS.flatMap((protocol) => {
    const { hints, pattern } = DIALECTS[protocol].opened;
    const last = hints
      .flatMap((hint) => finder.places(hint))
      .filter(({ line }) => pattern.test(line))
      .map(({ at }) => at)
      .toSorted((a, b) => b - a)[0];
    return last === undefined ? [] : [{ protocol, at: last }];
  });
}
