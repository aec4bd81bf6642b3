/**
 * Redacts secrets that the text itself announces: a value after `client_secret=`, `auth=`, `Bearer` and similar names,
 * and every text in the form of a JWT. `redactor.ts` calls it to find secrets that nobody registered. The expressions
 * ignore case and take time linear in the length of the text. Redacted JSON is still valid JSON.
 */

const NAME = String.raw`(client[_-]?secret|client[_-]?assertion|(?:access|refresh|id)[_-]?token|\bauth)`;
const BLANK = String.raw`(?:[ \t]|%20|\+){0,8}`;
/** Quotes and `=` may be escaped as in JSON or HTML, or percent-encoded up to three times. */
const QUOTE = String.raw`(?:\\{0,4}["']|%(?:25){0,2}2[27]|&quot;)`;
const EQUALS = String.raw`(?:=>?|%(?:25){0,2}3D|\\u003d)`;
const COLON = String.raw`(?::|%(?:25){0,2}3A)`;
/** An opening quote and the value after it, up to the closing quote. Each alternative handles another kind of quote. */
const IN_QUOTES = [
  String.raw`"(?:[^"\\]|\\.)*`,
  String.raw`'(?:[^'"\\]|\\[^"])*`,
  String.raw`\\{1,4}["'][^"'\\]*(?:\\+[^"'\\]+)*`,
  String.raw`(?:&quot;|%(?:25){0,2}2[27])[^\s"'&<>\\\u0000-\u001F]*`,
].join('|');
/**
 * An unquoted value. It ends at a blank, a quote, `&`, `<`, `>`, a control character, or the JSON escape of one of
 * these.
 */
const BARE = String.raw`(?:[^\s"'&<>\\\u0000-\u001F]|\\[^"'nrtu\s])+`;

/** After a colon, only a quoted value is redacted. An unquoted text after a colon is prose, a number or an object. */
const ASSIGNMENTS = [
  new RegExp(`${NAME}(${BLANK}${EQUALS}${BLANK})(${IN_QUOTES}|${BARE})`, 'gis'),
  new RegExp(`${NAME}(${QUOTE}?${BLANK}(?:${COLON}|${EQUALS})${BLANK})(${IN_QUOTES})`, 'gis'),
];
const OPENING_QUOTE = new RegExp(`^${QUOTE}`, 'i');
/**
 * Names of login mechanisms, which are not secret: IMAP servers announce them as `AUTH=PLAIN` (RFC 9051, section
 * 7.2.2). The token after `auth=Bearer` is redacted by the expression `BEARER`.
 */
const MECHANISM =
  /^(?:bearer|x?oauth2?|oauthbearer|plain|plain-clienttoken|login|ntlm|gssapi|(?:gss-)?spnego|kerberos_v[45]|cram-md5|digest-md5|scram-sha-?\d{1,3}(?:-\d{3})?(?:-plus)?|external|anonymous|msn|otp)(?![\w.~+/=-])/i;

const BEARER = new RegExp(
  String.raw`(bearer)((?:\s|%(?:25){0,2}20|["'+:=]){1,64})[^\s"'<>,;&\\\u0000-\u001F]{8,}`,
  'gi',
);

/**
 * A text that begins like a JWT. The dots are optional here, and `isJwt` checks them. An expression that required them
 * would take quadratic time on a long text without dots.
 */
const DOTTED = /eyJ[\w-]{8,}((?:\.[\w-]*){0,4})/gi;

export function redactAnnounced(text: string, mark: string): string {
  const redactValue = (whole: string, name: string, assign: string, value: string): string => {
    if (name.toLowerCase() === 'auth' && MECHANISM.test(value)) return whole;
    return `${name}${assign}${OPENING_QUOTE.exec(value)?.[0] ?? ''}${mark}`;
  };
  return ASSIGNMENTS.reduce((rest, assignment) => rest.replace(assignment, redactValue), text)
    .replace(BEARER, `$1$2${mark}`)
    .replace(DOTTED, (whole: string, dotted: string) => (isJwt(whole, dotted) ? mark : whole));
}

/**
 * Whether a match of `DOTTED` is a JWT. A JWT has a dot, and either `eyJ` in these capitals, or a second part that also
 * begins with `eyJ`. An ordinary word such as `keyjar` has neither.
 */
function isJwt(whole: string, dotted: string): boolean {
  if (dotted === '') return false;
  return /eyJ[\w-]{8}/.test(whole.slice(0, whole.length - dotted.length)) || /^\.eyj/i.test(dotted);
}
