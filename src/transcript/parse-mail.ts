/**
 * Finds the refusals of mail servers in a pasted text, and whether a mailbox opened. Returns one refusal for each
 * protocol and each kind of login (token, password), with the ids of its phrases. `vocabulary/` holds the phrases.
 */
import { DIALECTS } from '../vocabulary/dialects.ts';
import type { Cause } from '../model/cause.ts';
import type { Confidence } from '../model/diagnosis.ts';
import type { StageName } from '../model/evidence.ts';
import type { Failure } from '../model/failure.ts';
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
  /** The possible causes, best first, and the confidence in the first one. */
  readonly open?: readonly Cause[];
  readonly confidence?: Confidence;
  /** The offset of the failure in the text. */
  readonly where?: number;
}

interface Hit {
  readonly phrase: Phrase;
  readonly from: number;
  readonly to: number;
  /** The part of the matched text that may be shown. */
  readonly quoted: string;
}

/** Phrases that reply to a login with a password. Some programs try a password besides the token. */
const PASSWORD_PHRASES: ReadonlySet<string> = new Set(['login-failed', 'pop-logon-failure', 'basic-blocked']);
/** Phrases that servers of every vendor use. */
const PHRASES_OF_EVERY_VENDOR: ReadonlySet<string> = new Set([
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

/** Returns the most specific failure for each protocol and kind of login. */
export function mailFailuresIn(finder: Finder): readonly ParsedMail[] {
  const others = isOthersServer(finder);
  const all = PHRASES.flatMap((phrase) => hitOf(phrase, finder));
  const hits = all.filter(({ phrase }) => !(others && PHRASES_OF_EVERY_VENDOR.has(phrase.id)));
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
        ...(best.phrase.confidence === undefined ? {} : { confidence: best.phrase.confidence }),
      },
    ];
  });
}

/** Returns the failure of another vendor's server. Empty if the text names neither OAuth nor a product of Microsoft. */
function ofOthers(hit: Hit, finder: Finder): readonly ParsedMail[] {
  if (!/oauth|microsoft|azure|entra|exchange/.test(finder.lower)) return [];
  const failure = failureOf(hit, finder, [hit.phrase.id]);
  return [
    { stage: hit.phrase.stage, failure: { ...failure, code: 'other-server' }, protocol: hit.phrase.protocol },
  ];
}

/**
 * Groups the hits by protocol. If the text shows logins with a token and logins with a password, also groups them by
 * kind of login. A hit without a protocol belongs to the groups of all protocols.
 */
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
    const password = group.filter(({ phrase }) => PASSWORD_PHRASES.has(phrase.id));
    const token = group.filter(
      ({ phrase }) =>
        phrase.beside !== true &&
        phrase.weak !== true &&
        !PASSWORD_PHRASES.has(phrase.id) &&
        phrase.stage !== 'greeting',
    );
    const isBoth = password.length > 0 && token.some(({ phrase }) => TOKEN_WAY.has(phrase.id));
    return isBoth
      ? [
          group.filter(
            ({ phrase }) => !PASSWORD_PHRASES.has(phrase.id) && phrase.id !== 'password-mechanism',
          ),
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
  // A message of an XOAUTH2 proxy about itself is not a reply of the server.
  if (match === null || /email oauth 2\.0 proxy/i.test(hit.line.slice(match.index, match.index + 120)))
    return [];
  const from = hit.at - hit.head + match.index;
  return [{ phrase, from, to: from + match[0].length, quoted: quote(finder.text, hit.at, hit.word) }];
}

/** If the text ends within a sentence, it must hold at least this many characters of the sentence. */
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

/** Returns the lines that hold the matched words. The lines are searched, but never shown. */
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
    // Only signs in the lines of the failure count, because the rest of the text may be about something else.
    recognized: { phrases: [...ids, ...phrasesIn(lines)], signs: signsIn(lines) },
    ...(backOff === undefined ? {} : { retryAfterSeconds: Math.round(Number(backOff) / 1000) }),
  };
}

export interface Opened {
  readonly protocol: Protocol;
  /** The offset of the last reply that shows that the mailbox opened. */
  readonly at: number;
}

/** Returns the protocols over which a mailbox opened, according to the text. */
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
