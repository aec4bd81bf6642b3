/**
 * Finds all facts in a pasted text: the answers of the token endpoint and the mail servers, failed connections, the
 * claims of tokens, and quoted names. `explain.ts` turns the result into evidence.
 */
import type { Claims } from '../model/evidence.ts';
import type { PastedCertificate } from '../model/pasted-certificate.ts';
import { PROTOCOL_IDS, USUAL_PROTOCOL, type Protocol } from '../model/protocol.ts';
import { hasRole } from '../model/token-claims.ts';
import type { QuotedNames } from '../model/quoted-names.ts';
import { isInterceptor } from '../vocabulary/issuers.ts';
import { phrasesIn } from '../vocabulary/phrases.ts';
import { certificateIn } from './certificate.ts';
import { placeOf, systemFailuresIn, type ParsedSystem } from './connections.ts';
import type { Finder } from './finder.ts';
import { mailFailuresIn, successesIn, type ParsedMail, type Opened } from './parse-mail.ts';
import { isUserFlow, tokenFailuresIn } from './parse-token.ts';
import { NOTHING_MORE, type ParsedToken } from './parsed-token.ts';
import { hostsIn } from './hosts.ts';
import { protocolIn, quotedNames } from './quoted.ts';
import { challengeIn, claimsIn, saslIn, type SaslString } from './tokens.ts';

export interface Parsed {
  /** The protocol that is assumed for failures that name none. */
  readonly protocol: Protocol;
  readonly tokens: readonly ParsedToken[];
  readonly mails: readonly ParsedMail[];
  readonly claims: Claims | undefined;
  readonly certificate: PastedCertificate | undefined;
  readonly quoted: QuotedNames;
  readonly opened: readonly Opened[];
  readonly userFlow: boolean;
  readonly oddUser: boolean;
  readonly challenge: ReturnType<typeof challengeIn>;
}

export function parseTranscript(finder: Finder): Parsed {
  const answers = mailFailuresIn(finder);
  const sasl = saslIn(finder, answers[0]?.where);
  const claims = claimsIn(finder)[0] ?? sasl?.claims;
  const certificate = certificateIn(finder);
  const system = withInterception(systemFailuresIn(finder), certificate, finder);
  const challenge = challengeIn(finder);
  const ofLogin = answersOf(answers, sasl?.sasl, challenge !== undefined).map((each) =>
    withScope(each, challenge?.scope),
  );
  const ofToken = system.filter(({ leg }) => leg === 'token');
  const ofMail = system.filter(({ leg }) => leg === 'mail');
  return {
    protocol:
      answers.find((each) => each.protocol !== undefined)?.protocol ??
      protocolIn(finder) ??
      protocolOf(claims),
    tokens: [...tokenFailuresIn(finder), ...ofToken.map((each) => asToken(each, certificate))],
    mails: [...ofLogin, ...belowOf(ofMail, answers.length > 0)],
    claims,
    certificate,
    quoted: quotedNames(finder, sasl?.sasl.user),
    opened: successesIn(finder),
    userFlow: isUserFlow(finder),
    oddUser: sasl?.sasl.oddUser === true,
    challenge,
  };
}

/** If a TLS interceptor signed the pasted certificate, adds a failure, even if the text holds no error message. */
function withInterception(
  system: readonly ParsedSystem[],
  certificate: PastedCertificate | undefined,
  finder: Finder,
): readonly ParsedSystem[] {
  if (certificate === undefined || !isInterceptor(certificate.issuer)) return system;
  if (system.some(({ at }) => at === 'tls')) return system;
  const place = hostsIn(finder.text.slice(0, 2000)).find(({ role }) => role === 'mail' || role === 'token');
  const text = `issuer ${certificate.issuer}`;
  return [
    ...system,
    {
      words: { kind: 'untrusted', code: 'FOREIGN_ISSUER', at: 'tls', words: [] },
      failure: { kind: 'untrusted', text, recognized: NOTHING_MORE },
      leg: place?.role === 'token' ? 'token' : 'mail',
      at: 'tls',
      ...(place === undefined ? {} : { place: placeOf(place) }),
    },
  ];
}

/**
 * Returns the protocol that the roles of the token allow, else `USUAL_PROTOCOL`. Used if the text names no protocol.
 */
function protocolOf(claims: Claims | undefined): Protocol {
  return PROTOCOL_IDS.find((protocol) => hasRole(claims ?? {}, protocol)) ?? USUAL_PROTOCOL;
}

function asToken(
  { failure, at, place }: ParsedSystem,
  certificate: PastedCertificate | undefined,
): ParsedToken {
  return {
    failure,
    facts: {
      stoppedAt: at === 'greeting' ? 'http' : at,
      ...(certificate === undefined || at !== 'tls' ? {} : { pastedCertificate: certificate }),
    },
    ...(place === undefined ? {} : { place }),
  };
}

/**
 * Returns the fault of the SASL string if it has one, because the fault explains the server's replies. Otherwise
 * returns the replies. If there are no replies, a SASL error challenge counts as one.
 */
function answersOf(
  answers: readonly ParsedMail[],
  { fault, sure }: SaslString = {},
  challenged: boolean,
): readonly ParsedMail[] {
  if (fault !== undefined) {
    const code = sure === true ? 'sasl-malformed' : 'sasl-suspect';
    return [{ stage: 'auth', failure: { kind: 'rejected', code, text: fault, recognized: NOTHING_MORE } }];
  }
  if (answers.length > 0 || !challenged) return answers;
  const text = 'The server answered with a SASL error challenge.';
  return [{ stage: 'auth', failure: { kind: 'rejected', text, recognized: NOTHING_MORE } }];
}

/**
 * Adds the phrases that `scope` contains. The server names this scope in its SASL challenge, because it expects a token
 * with this scope.
 */
function withScope(mail: ParsedMail, scope: string | undefined): ParsedMail {
  const { failure } = mail;
  if (scope === undefined) return mail;
  const { phrases = [], signs = [] } = failure.recognized ?? {};
  return {
    ...mail,
    failure: { ...failure, recognized: { phrases: [...phrases, ...phrasesIn(scope)], signs } },
  };
}

/**
 * Returns the failed connections to mail hosts. If the server answered, the connection worked, so timeouts and weak
 * messages do not count.
 */
function belowOf(system: readonly ParsedSystem[], hasAnswered: boolean): readonly ParsedMail[] {
  return system
    .filter(({ words }) => !(hasAnswered && (words.weak === true || words.kind === 'timeout')))
    .map(asMail);
}

function asMail({ at, failure, place }: ParsedSystem): ParsedMail {
  return { stage: at === 'http' ? 'greeting' : at, failure, ...(place === undefined ? {} : { place }) };
}
