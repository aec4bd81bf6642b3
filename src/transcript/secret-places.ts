/**
 * Where secrets stand in logs, command lines, programs and mails: the names that announce one, how its value is
 * written, and the shapes that give one away without a name. `veil` composes its patterns of these. Every repeat is
 * bounded, or walks over characters of which each can be read in one way only: no pattern takes quadratic time.
 */

/** What is announced by these is hidden whatever it is: passwords may be words. */
const PASSWORD_WORDS: readonly string[] = [
  String.raw`(?<!by|com)pass(?:word|wd|phrase|code)?s?`,
  'pass phrase',
  'passwort',
  'kennwort',
  'geheimnis',
  'clientschlüssel',
  'mot de passe',
  'contrase(?:ñ|n\u0303?)a',
  'clave secreta',
  'wachtwoord',
  'has[łl]o',
  'senha',
  'heslo',
  'jelsz[óo]',
  'parol[ae]',
  'şifre',
  'lösenord',
  'passord',
  'adgangskode',
  'salasana',
  'пароль',
  'パスワード',
  '密[码碼]',
  '비밀번호',
  String.raw`(?<![a-z])pw`,
];

/** `PWD=/home/me` is a folder. */
const SECRET_NAMES: readonly string[] = [
  ...PASSWORD_WORDS,
  String.raw`pwd(?!=\/)`,
  'secret(?:[ _-]?(?:key|text|value))?',
  'client[ _-]?assertion',
  'client[ _-]?credential',
  '(?:api|account|access|private|subscription|signing|encryption)[ _-]?key',
  'shared[ _-]?access[ _-]?(?:key|signature)',
  String.raw`(?<=[?&])sig`,
];

const TOKEN_NAMES: readonly string[] = [
  '(?:access|refresh|id|auth|session|bearer|sas|security|device)[ _-]?token',
  String.raw`(?<![\w-])assertion`,
  'saml_?(?:response|request)',
  'code[ _-]?verifier',
  'device[ _-]?code',
  // A window may begin within the name.
  String.raw`(?<!\w)(?:e?c?ret|(?:a?s?s)?word)(?<=^\w{3,7})`,
];

/** `"[redacted]"`, `${SECRET}`, `<the secret>`, `****`: says that there was, or was not, a value, and tells none. */
const NO_SECRET = String.raw`(?!\{\s?[\\"'])(?!\\{0,4}["']?(?:null|none|nil|undefined|true|false|empty|\*{1,80}|\.{3}|x{3,40}|<[a-z _.-]{1,40}>|\$\{[\w.:-]{1,60}\}|\$env:\w{1,60}|AADSTS\d{4,8})(?:\\|["'\s,;&)}\]:.]|$))`;

/** A quote that a letter follows closes nothing: the value holds it. What was cut off ends with its line. */
const QUOTED = String.raw`(?:\\{1,4}"[^"\n]*"?|\\{1,4}'[^'\n]*'?|"(?:[^"\\\n]|\\.|""|"(?=\w))*"?|'(?:[^'\\\n]|\\.|'(?=\w))*'?)`;
/** Camel's RAW(...), and whatever else takes its value in brackets. */
const BRACKETED = String.raw`[A-Za-z]{1,20}[({](?:[^)}\n]|[)}](?![\s&"',;)\]}]|$))*[)}]?`;
/** `&` and `;` end a value only where the next name follows. */
const BARE = String.raw`(?:[^\s"'&,;<)}]|[)}](?![\s.,;:]|$)|["'](?=\w)|&(?![\w.-]{1,40}=|amp;|\s|$)|[,;](?=[^\s"'])(?![\w.-]{1,40}[=:])|<(?![/\w]))+`;
const VALUE = String.raw`(?:(?:[bruf]{1,2}(?=["']))?${QUOTED}|${BRACKETED}|${BARE})`;

const BLANK = String.raw`[^\S\n]`;
/** `=`, `: `, `"] => `, `%3D`, `" value="`, PHP's `=> string(40) `. */
const ASSIGN = String.raw`[\\"'\u0060\]]{0,5}(?:${BLANK}(?:is|was|ist|lautet))?${BLANK}{0,3}(?:=>|:=|[=:：]|%3[AD]|,?\s{0,6}\\{0,4}["']?value\\{0,4}["']?${BLANK}?[=:])${BLANK}{0,3}(?:\[(?=["']))?(?:string\(\d{1,5}\) )?`;

function any(words: readonly string[]): string {
  return `(?:${words.join('|')})`;
}

/** Each leaves what stands before the secret in its first group, and the secret in its second. */
export const ASSIGNED = new RegExp(
  String.raw`(${any(SECRET_NAMES)}\d?${ASSIGN})${NO_SECRET}(${VALUE})`,
  'gim',
);
export const ASSIGNED_TOKEN = new RegExp(
  String.raw`(${any(TOKEN_NAMES)}${ASSIGN})${NO_SECRET}(?!["']?[a-z]{1,30}["'.,:;]{0,2}(?:\s|$))(${VALUE})`,
  'gim',
);
export const IN_MARKUP = new RegExp(
  String.raw`(<[\w:.-]{0,40}${any([...SECRET_NAMES, ...TOKEN_NAMES])}\d?(?:\s[^<>\n]{0,80})?>\s?)${NO_SECRET}([^<\s][^<]{0,500})`,
  'gi',
);
/** A part of a form: its value stands on a line of its own. */
export const IN_FORM = new RegExp(
  String.raw`(\bname=["']?[\w-]{0,40}${any([...SECRET_NAMES, ...TOKEN_NAMES])}["']?\s{1,4})(${BARE})`,
  'gi',
);

/** Said in a sentence. What is quoted after a password's name is one; what is bare must look like one. */
const SAID = String.raw`(?:${BLANK}(?:value|wert))?(?:${BLANK}(?:is|was|to|ist|war|lautet|est|es|ist jetzt|is now))?`;
export const SAID_QUOTED = new RegExp(
  String.raw`((?:${any(PASSWORD_WORDS)}|client[ _-]secret)${SAID}${BLANK})${NO_SECRET}(?=["'])(${QUOTED})`,
  'gim',
);
export const SAID_BARE = new RegExp(
  String.raw`(${any([...SECRET_NAMES, ...TOKEN_NAMES])}["']?(?:${SAID}:?\s{1,3}|${BLANK}?\|${BLANK}?))(?=[^\s\d~]{0,60}[\d~])(\S{8,})`,
  'gi',
);

/** `--client-secret x`, `-ClientSecret x`, `"--password", "x"`; variables, other switches and cmdlets stay. */
const NO_ARGUMENT = String.raw`(?!["']?(?:\$[a-z_:.]{1,40}|-{1,2}[a-z][a-z-]{0,40})(?:["'\s,;)=|]|$)|\((?:[a-z]{2,20}-|\$))`;
export const SWITCH = new RegExp(
  String.raw`((?:^|[\s"'([,;])[-–—]{1,2}[\w-]{0,30}(?:pass(?:word|wd|phrase)?|pwd|secret|token|bearer|api-?key|assertion|cookie)\d?["']?[\s,=:]{1,3})${NO_SECRET}${NO_ARGUMENT}(${VALUE})`,
  'gim',
);
/** Ports and folders have a `-p` as well. */
export const SWITCH_P = new RegExp(
  String.raw`((?:^|[\s"'([,;])-p["']?(?:[\s,=]{1,2}|(?=["'])))${NO_SECRET}${NO_ARGUMENT}(?!["']?(?:(?:\d{1,3}(?:\.\d{1,3}){3}:)?\d{1,5}(?::\d{1,5})?(?:\/\w{3})?(?:["'\s,]|$)|[./~][\w./~]))(${VALUE})`,
  'gm',
);
export const SWITCH_P_JOINED = /((?:^|\s)-p)(?=[^\s\d]{0,60}\d)(?!\d{1,5}(?::|\s|$))([^\s=:"'-][^\s"']{5,})/g;
/** curl's `-u name:password`; not a URL, and not the numbers of a user and a group. */
export const SWITCH_USER = new RegExp(
  String.raw`((?:^|[\s"'([,;])(?:-[uU]|--(?:proxy-)?user)["']?[\s,=]{0,2}["']?(?!\d{1,6}:\d{1,6}(?:\s|$))[^\s:"']{1,200}:)(?!\/\/|["'\s])((?<=["'][^\s:"']{1,200}:)[^"'\n]+|${BARE})`,
  'gm',
);
export const SECURE_STRING = new RegExp(
  String.raw`(ConvertTo-SecureString${BLANK}(?:-(?:AsPlainText|Force)${BLANK}){0,3}(?:-String${BLANK})?(?:-(?:AsPlainText|Force)${BLANK}){0,3})${NO_ARGUMENT}(${VALUE})`,
  'gim',
);
export const PIPED_SECURE_STRING =
  /()("[^"\n]{1,200}"|'[^'\n]{1,200}')(?=[^\S\n]?\|[^\S\n]?ConvertTo-SecureString)/gi;

/** A password may hold `@`, and even `/`; a port does not. */
export const USERINFO =
  /(\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:@/"'<>]{0,200}:)((?:[^\s"<>/?#]{1,200}|(?!\d{1,5}(?:[/?#]|["'\s]))[^\s"<>]{1,200})@)/gi;
export const USERINFO_CUT =
  /(\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:@/"'<>[]{1,200}:)(?!\d{1,5}(?:\W|$))([^\s"'<>/@]{1,200})$/gim;
export const USERINFO_ALONE = /(\b[a-z][a-z0-9+.-]{1,20}:\/\/)([\w~+=-]{20,200}@)/gi;
export const USERINFO_BARE =
  /((?:^|[\s="'])(?!(?:mailto|imaps?|pop3s?|smtps?|https?|user|sips?):)[\w.%+-]{1,64}:)([^\s"'@/:]{3,64}@)(?=[\w.-]{1,80}:\d)/gi;

/** To the end of the line: each cookie may be a session. */
export const COOKIE_HEADER = new RegExp(
  String.raw`(\b(?:set-)?cookie2?(?:${ASSIGN}))${NO_SECRET}(${QUOTED}|[^\n]+)`,
  'gim',
);
export const COOKIE =
  /((?<![\w-])(?:ESTS\w{0,40}|esctx[\w-]{0,40}|buid|fpc|CCState|SignInStateCookie|\w{0,20}SESS(?:ION)?_?ID|ASP\.NET_SessionId)=)([^\s;,"']+)/gi;

export const DIGEST = /(\bauthorization\W{1,5}digest )([^\n]+)/gi;
export const AUTHORIZATION = new RegExp(
  String.raw`(\bauthorization${ASSIGN}["']?(?:(?:basic|bearer|digest|negotiate|ntlm|apikey|token)\s{1,2})?)${NO_SECRET}(${VALUE})`,
  'gim',
);
export const SCHEME = /(\b(?:basic|bearer|negotiate|ntlm)(?: |%20|\+))([\w.~+/=%-]{8,})/gi;

const MECHANISM = String.raw`(?:PLAIN|LOGIN|XOAUTH2?|OAUTHBEARER|NTLM|GSSAPI|SPNEGO|EXTERNAL|ANONYMOUS|CRAM-MD5|DIGEST-MD5|SCRAM-SHA-\d{1,3}(?:-PLUS)?)`;
export const MECHANISMS = new RegExp(`^${MECHANISM}$`, 'i');
export const INITIAL_RESPONSE = new RegExp(
  String.raw`(\bAUTH(?:ENTICATE)?["']?[\s,]{1,2}["']?${MECHANISM}["']?[\s:,]{1,3}["']?)(?=[\w+/-]{2})([\w+/=-]+)`,
  'gi',
);

const ARGUMENT = String.raw`(?:\{\d{1,6}\+?\}\s{0,2})?(?:${QUOTED}|[^\s"']\S{0,200})`;
/** tag, user, password. What a server says of LOGIN follows OK, NO, BAD, or a code in brackets. */
export const LOGIN = new RegExp(
  String.raw`(?<=^|[\s>"'([|:])(?:([\w.$-]{1,20})${BLANK})?(?<!(?:\b(?:OK|NO|BAD|BYE|ERR|AUTH|AUTHENTICATE|PLAIN|XOAUTH2|OAUTHBEARER|NTLM|az|please|the|a|to|your)|(?:NO|OK|BAD|ERR) \[[^\]\n]{1,60}\])${BLANK})(login)${BLANK}(${ARGUMENT})(${BLANK})("[^\n]{0,200}"(?=\s?$)|${ARGUMENT})`,
  'gim',
);
export const NETRC = new RegExp(String.raw`(\blogin\s\S{1,100}\spassword\s)(${VALUE})`, 'gi');
export const APOP = /(\bAPOP \S{1,100} )([0-9a-f]{16,})/gi;
/** A phrase, where the line is a command; a word, where it is not. */
export const PASS_LINE =
  /((?:^|\bC: |[>\]] )(?:\bC: |> )?PASS )(?!(?:command|failed|completed|with|the|or|and|is|not|all|\d{1,3})\b)((?:\S|[^\S\n](?![-+](?:ERR|OK)|S: |C: ))+)/gm;
export const PASS = /(\bPASS )(?!(?:command|failed|completed|with|the|or|and|is|not|all|\d{1,3})\b)(\S+)/g;
/** The decoded string of SASL PLAIN: NUL, user, NUL, password. */
export const PLAIN_DECODED = new RegExp(
  String.raw`((?:\u0000|\\x00|\\u0000|\\0|\^@)[^\s\\\u0000^]{1,100}(?:\u0000|\\x00|\\u0000|\\0|\^@))([^\s"'\u0000]+)`,
  'g',
);

/** A line that is nothing else, or what a client is shown to send. */
export const BASE64_LINE = /^([^\S\n]*)([A-Za-z0-9+/_-]{8,}={0,2})(?=[^\S\n]*$)/gm;
export const BASE64_SENT =
  /((?:^|\s)(?:\[?(?:C|client|sent|send|write|out)\]?[:>]{0,3}|>{1,3}|[-=]{1,2}>|\+)[^\S\n]{1,2})([A-Za-z0-9+/_-]{8,}={0,2})(?=\s|$)/gim;
export const BASE64_LOGGED = /(\]:?[^\S\n])([A-Za-z0-9+/_-]{12,}={0,2})(?=[^\S\n]*$)/gm;
export const BASE64_PADDED = /((?:^|[\s"'(=:]))([A-Za-z0-9+/_-]{7,}={1,2})(?=["'\s),;.]|$)/g;

/** Its name tells no more than its value: `code=InvalidToken`, `code=0.AX...`. */
export const CODE = /((?<![\w-])(?:code|token)(?:=|["']?: ?["']?))([^\s&"'#,;]{12,})/gi;

export const PRIVATE_KEY =
  /(-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----)((?:[^-]|-(?!----))+(?:-----END[A-Z ]{0,40}-----)?)/g;

/** Secrets and tokens that are known by their looks, whole or cut off. */
export const SHAPES: readonly RegExp[] = [
  /\beyJ[\w-]{8,}[\w.-]*/g,
  // NTLMSSP, and Kerberos.
  /\b(?:TlRMTVNTU|YII)[\w+/=-]{8,}/g,
  // Entra: what a secret looks like since 2021, and refresh tokens of personal accounts.
  /[\w.~-]{0,3}\dQ~[\w.~-]+/g,
  /\bM\.[A-Z]\d{1,4}_\w{2,5}\.[\w.!*$~-]{2,}/g,
  // Google's, whose mailboxes the same programs read.
  /\bya29\.[\w.-]{8,}/g,
  /\bGOCSPX-[\w-]{8,}/g,
  /\b1\/\/0[\w-]{16,}/g,
];

/** Entra's codes and refresh tokens: `0.A...` and `1.A...`, of several parts. */
export const DOTTED_TOKEN = /(?<![\w.-])[01]\.A[\w.~-]{8,}/g;
/** What could be base64, a path, or neither. */
export const LONG_RUN = /[\w+/%~-]{32,}={0,2}/g;
/** A window may begin within a secret. */
export const CUT_HEAD = /^()([\w+/~-]{16,}={0,2})(?=["'\s,;&)}]|$)/g;

/** `address:password`, `address / password`. */
export const BESIDE_ADDRESS =
  /(@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}(?:[:|]|[^\S\n][:/|][^\S\n]))([^\s"']{8,})/g;

/** The functions that are handed a password, and their open bracket; `auth=('name', 'password')` too. */
export const CALL = /\b(\w{1,60})=?\(/g;
export const TAKES_PASSWORD =
  /(?:log_?[io]n|logon|sign_?in|auth|authenticate|connect|imap_open|credentials?|password|passwd|secret|token)$/i;
export const TAKES_ONLY_SECRET = /(?:password|passwd|secret)$/i;
