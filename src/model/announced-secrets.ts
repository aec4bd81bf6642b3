/**
 * Redacts values that the text itself marks as secret: after `client_secret=`, `auth=`, `Bearer` and the like, and
 * everything in the form of a JWT. The redactor calls it to find secrets that are not registered. Upper and lower case
 * are equal. Each expression consumes what it matches, so the work is linear in the text. JSON stays JSON.
 */

const NAME = String.raw`(client[_-]?secret|client[_-]?assertion|(?:access|refresh|id)[_-]?token|\bauth)`;
const BLANK = String.raw`(?:[ \t]|%20|\+){0,8}`;
/** Quotes and `=` may be escaped as in JSON or HTML, or percent-encoded up to three times. */
const QUOTE = String.raw`(?:\\{0,4}["']|%(?:25){0,2}2[27]|&quot;)`;
const EQUALS = String.raw`(?:=>?|%(?:25){0,2}3D|\\u003d)`;
const COLON = String.raw`(?::|%(?:25){0,2}3A)`;
/** A quoted value. Its closing quote is escaped like its opening one. */
const IN_QUOTES = [
  String.raw`"(?:[^"\\]|\\.)*`,
  String.raw`'(?:[^'"\\]|\\[^"])*`,
  String.raw`\\{1,4}["'][^"'\\]*(?:\\+[^"'\\]+)*`,
  String.raw`(?:&quot;|%(?:25){0,2}2[27])[^\s"'&<>\\\u0000-\u001F]*`,
].join('|');
/** An unquoted value. It ends at a blank, a quote, `&`, `<` or a control character, also where JSON escapes that. */
const BARE = String.raw`(?:[^\s"'&<>\\\u0000-\u001F]|\\[^"'nrtu\s])+`;

/** An unquoted value counts only after `=`. What follows a colon without quotes is prose, a number or an object. */
const ASSIGNMENTS = [
  new RegExp(`${NAME}(${BLANK}${EQUALS}${BLANK})(${IN_QUOTES}|${BARE})`, 'gis'),
  new RegExp(`${NAME}(${QUOTE}?${BLANK}(?:${COLON}|${EQUALS})${BLANK})(${IN_QUOTES})`, 'gis'),
];
const OPENING_QUOTE = new RegExp(`^${QUOTE}`, 'i');
/**
 * The capabilities of IMAP servers, such as `AUTH=PLAIN` (RFC 9051, section 7.2.2), are not redacted. After
 * `auth=Bearer`, `BEARER` redacts the value.
 */
const MECHANISM =
  /^(?:bearer|x?oauth2?|oauthbearer|plain|plain-clienttoken|login|ntlm|gssapi|(?:gss-)?spnego|kerberos_v[45]|cram-md5|digest-md5|scram-sha-?\d{1,3}(?:-\d{3})?(?:-plus)?|external|anonymous|msn|otp)(?![\w.~+/=-])/i;

const BEARER = new RegExp(
  String.raw`(bearer)((?:\s|%(?:25){0,2}20|["'+:=]){1,64})[^\s"'<>,;&\\\u0000-\u001F]{8,}`,
  'gi',
);

/**
 * A text that begins like a JWT, with or without its dots. `isJwt` decides. An expression that required the dots would
 * start again within a long run that has none.
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
 * Whether a text that `DOTTED` matched is a JWT. It must have a dot, and hold `eyJ` with exactly these capitals. With
 * other capitals, as in `keyjar`, its second part must begin with `eyJ`, too.
 */
function isJwt(whole: string, dotted: string): boolean {
  if (dotted === '') return false;
  return /eyJ[\w-]{8}/.test(whole.slice(0, whole.length - dotted.length)) || /^\.eyj/i.test(dotted);
}
