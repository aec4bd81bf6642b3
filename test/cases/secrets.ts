/**
 * Lines with secrets as logs, command lines, programs, mails and protocols write them, and lines that only look
 * as if they held one. Everything here is made up.
 */
export interface HiddenCase {
  /** Reads on from "hides ". */
  readonly name: string;
  readonly text: string;
  /** Nothing of it may be seen, and no six characters of its beginning or end. */
  readonly secret: string;
  /** What must still be there to read. */
  readonly says?: string;
}

export interface KeptCase {
  /** Reads on from "keeps ". */
  readonly name: string;
  readonly text: string;
}

const PASSWORD = 'Sommer2024!';
const ENTRA = 'abC8Q~0123456789.bcdefghijklm_nopqrstuvw';
const GUID = '11111111-2222-3333-4444-555555555555';
const PLAIN = 'AHN2Y0Bjb250b3NvLmV4YW1wbGUAU29tbWVyMjAyNCE=';
const DOTTED = '0.AXkAq1w2E3r4T5z6U7i8O9p0.AgABAAIAAAD--DLA3VO7QrddgJg7Wevr';
const PERSONAL = 'M.C556_BAY.0.U.-Cq3w*Er5!tz$UiOp';

const PROTOCOL: readonly HiddenCase[] = [
  {
    name: 'the password of LOGIN',
    text: `A1 LOGIN svc ${PASSWORD}`,
    secret: PASSWORD,
    says: 'A1 LOGIN svc',
  },
  {
    name: 'the password of login in lower case',
    text: `A2 login svc@contoso.example ${PASSWORD}`,
    secret: PASSWORD,
  },
  {
    name: 'a word that is the password of a tagged login',
    text: 'C: a001 login svc hunter',
    secret: 'hunter',
  },
  {
    name: 'a phrase in quotes',
    text: 'LOGIN "u" "My long pass phrase"',
    secret: 'My long pass phrase',
    says: 'LOGIN "u"',
  },
  {
    name: 'a phrase that holds quotes',
    text: String.raw`A1 LOGIN "svc" "My \"long\" pass phrase"`,
    secret: String.raw`My \"long\" pass phrase`,
  },
  {
    name: 'a phrase whose quotes have lost their backslashes',
    text: 'A1 LOGIN "svc" "My "long" pass phrase"',
    secret: 'My "long" pass phrase',
  },
  { name: 'a literal of IMAP', text: 'A1 LOGIN {3}\nsvc {7}\nhunter7', secret: 'hunter7' },
  {
    name: 'LOGIN in front of the answer',
    text: `A1 LOGIN svc@contoso.example ${PASSWORD} A1 NO LOGIN failed.`,
    secret: PASSWORD,
    says: 'A1 NO LOGIN failed.',
  },
  {
    name: "a phrase of POP3's PASS",
    text: 'PASS my long phrase\n-ERR Logon failure: unknown user name or bad password.',
    secret: 'my long phrase',
    says: 'unknown user name or bad password.',
  },
  {
    name: 'a short initial response',
    text: 'a2 AUTHENTICATE PLAIN AHN2Y0BjAA==',
    secret: 'AHN2Y0BjAA==',
    says: 'AUTHENTICATE PLAIN',
  },
  {
    name: 'the response of SMTP and POP3',
    text: 'AUTH XOAUTH2 dXNlcj1hQGIuY29t',
    secret: 'dXNlcj1hQGIuY29t',
  },
  { name: 'a line of base64', text: `a1 AUTHENTICATE PLAIN\n${PLAIN}\na1 NO`, secret: PLAIN },
  { name: 'a line of base64 without padding', text: 'AHN2Y0BjAGh1bnRl', secret: 'AHN2Y0BjAGh1bnRl' },
  {
    name: 'a line of base64 that a client sent',
    text: 'C: AHN2Y0BjAGh1bnRlcg==',
    secret: 'AHN2Y0BjAGh1bnRlcg==',
  },
  {
    name: 'a line of base64 behind an arrow',
    text: '> AHN2Y0BjAGh1bnRlcg==',
    secret: 'AHN2Y0BjAGh1bnRlcg==',
  },
  {
    name: 'a line of base64 that is all capitals',
    text: 'C: QUJDREVGMTIzNDU2',
    secret: 'QUJDREVGMTIzNDU2',
  },
  {
    name: 'base64 of a dialogue on one line',
    text: `S: + C: ${PLAIN} S: A2 NO AUTHENTICATE failed.`,
    secret: PLAIN,
    says: 'A2 NO AUTHENTICATE failed.',
  },
  { name: 'a decoded SASL string', text: `sent \\x00svc@c.example\\x00${PASSWORD}`, secret: PASSWORD },
];

const CALLS: readonly HiddenCase[] = [
  {
    name: "the arguments of PHP's stack trace",
    text: `#3 Client.php(9): Webklex\\PHPIMAP\\Client->login('svc@contoso.example', '${PASSWORD}')`,
    secret: PASSWORD,
    says: 'svc@contoso.example',
  },
  { name: 'an argument that was cut off', text: "Client->login('svc@c.example', 'Sommer", secret: 'Sommer' },
  { name: 'the third argument', text: `connect(host, user, '${PASSWORD}')`, secret: PASSWORD },
  {
    name: 'arguments without quotes',
    text: `imap_open({outlook.office365.com:993/imap/ssl}INBOX, u, ${PASSWORD})`,
    secret: PASSWORD,
    says: '{outlook.office365.com:993/imap/ssl}INBOX',
  },
  { name: "MSAL's builder", text: '.WithClientSecret("not a number")', secret: 'not a number' },
  {
    name: 'a credential of Azure.Identity',
    text: "ClientSecretCredential(t, c, 'hunter')",
    secret: 'hunter',
  },
  {
    name: 'a credential whose password is not the last argument',
    text: `new UsernamePasswordCredential("svc", "hunter(2), ok", "${GUID}", "${GUID}")`,
    secret: 'hunter(2), ok',
    says: GUID,
  },
  {
    name: 'a call that is handed a named argument',
    text: "msal.ConfidentialClientApplication(cid, client_credential='hunter', authority=a)",
    secret: 'hunter',
    says: 'authority=a',
  },
  { name: 'a pair of requests', text: "requests.get(url, auth=('svc', 'hunter'))", secret: 'hunter' },
];

const URLS: readonly HiddenCase[] = [
  {
    name: 'the password of a mail URL',
    text: 'imaps://svc%40contoso.com:Sommer2024@outlook.office365.com:993',
    secret: 'Sommer2024',
    says: '@outlook.office365.com:993',
  },
  {
    name: 'the password of a proxy',
    text: 'https://svc:Sup3rPass@proxy.example:8080/?mail=a@b.example',
    secret: 'Sup3rPass',
    says: '@proxy.example:8080/?mail=a@b.example',
  },
  {
    name: 'a short password of a proxy',
    text: 'http_proxy=http://user:p-w@proxy:3128',
    secret: 'p-w',
    says: '@proxy:3128',
  },
  {
    name: 'a password with @ and a slash',
    text: 'http://svc:Sup/er@24@proxy.example:3128',
    secret: 'Sup/er@24',
  },
  {
    name: 'the password of a proxy without a scheme',
    text: `proxy svc:${PASSWORD}@proxy.example:8080 refused`,
    secret: PASSWORD,
  },
  {
    name: 'a password whose URL was cut off',
    text: 'proxy is http://svc:Sommer',
    secret: 'Sommer',
    says: 'http://svc:',
  },
  {
    name: "Camel's RAW",
    text: 'imaps://h:993?username=u&password=RAW(So&mm!er24)&delete=false',
    secret: 'RAW(So&mm!er24)',
    says: '&delete=false',
  },
  {
    name: 'a value of a form',
    text: 'grant_type=password&username=a@b.example&password=So%26mm!er&scope=x',
    secret: 'So%26mm!er',
    says: '&scope=x',
  },
  {
    name: 'a value of a form that was encoded twice',
    text: 'client_secret%3Dabcdefgh%26scope',
    secret: 'abcdefgh',
  },
  {
    name: 'a code of several parts',
    text: 'code=0.AX...AgABAAIAAAD--DLA3&state=12',
    secret: '0.AX...AgABAAIAAAD--DLA3',
    says: '&state=12',
  },
  {
    name: 'the signature of a shared access',
    text: 'https://h/x?sv=1&sig=abc%2Fdef&se=2',
    secret: 'abc%2Fdef',
  },
];

const COMMANDS: readonly HiddenCase[] = [
  {
    name: 'a switch of imapsync',
    text: `imapsync --host1 h --password1 ${PASSWORD} --user1 u`,
    secret: PASSWORD,
    says: '--user1 u',
  },
  {
    name: '-p of the Azure CLI',
    text: `az login --service-principal -u ${GUID} -p ${PASSWORD} --tenant t`,
    secret: PASSWORD,
    says: `${GUID} -p [redacted] --tenant t`,
  },
  { name: '-p without a blank', text: 'mysql -u root -pSommer2024 mail', secret: 'Sommer2024' },
  {
    name: "curl's --user",
    text: `curl --user svc:${PASSWORD} imaps://outlook.office365.com`,
    secret: PASSWORD,
    says: 'imaps://outlook.office365.com',
  },
  { name: "curl's -u", text: 'curl -u id:hunter https://h.example', secret: 'hunter' },
  {
    name: "curl's -u in quotes",
    text: 'curl -u "id:my own secret" https://h.example',
    secret: 'my own secret',
  },
  {
    name: "PowerShell's -ClientSecret",
    text: '-ClientSecret "my own secret" -TenantId t',
    secret: 'my own secret',
    says: '-TenantId t',
  },
  {
    name: '--client-secret',
    text: 'tool --client-secret hunter --tenant t',
    secret: 'hunter',
    says: '--tenant t',
  },
  { name: '--secret', text: 'tool --secret hunter', secret: 'hunter' },
  { name: 'a dash that a word processor made long', text: 'tool –password hunter', secret: 'hunter' },
  {
    name: 'a list of arguments',
    text: '["tool", "--password", "hunter", "-v"]',
    secret: 'hunter',
    says: '-v',
  },
  {
    name: 'what ConvertTo-SecureString is given',
    text: "ConvertTo-SecureString 'Hunter2-abc' -AsPlainText -Force",
    secret: 'Hunter2-abc',
    says: '-AsPlainText -Force',
  },
  {
    name: 'what ConvertTo-SecureString is given by name',
    text: 'ConvertTo-SecureString -AsPlainText -Force -String "Hunter2 abc"',
    secret: 'Hunter2 abc',
  },
  {
    name: 'what is piped to ConvertTo-SecureString',
    text: '"Hunter2 abc" | ConvertTo-SecureString -AsPlainText',
    secret: 'Hunter2 abc',
  },
];

const NAMED: readonly HiddenCase[] = [
  { name: 'a dump of PHP', text: '[client_secret] => hunter', secret: 'hunter' },
  {
    name: 'a dump of PHP with types',
    text: '["client_secret"]=> string(6) "hunter"',
    secret: 'hunter',
    says: 'string(6)',
  },
  {
    name: 'an element of XML',
    text: '<client_secret>hunter & two</client_secret>',
    secret: 'hunter & two',
    says: '</client_secret>',
  },
  {
    name: 'a setting of .NET',
    text: '<add key="ClientSecret" value="hunter" />',
    secret: 'hunter',
    says: '/>',
  },
  { name: 'a variable of a container', text: '- name: CLIENT_SECRET\n  value: hunter', secret: 'hunter' },
  { name: 'a part of a form', text: 'form-data; name="client_secret"\n\nhunter\n--x', secret: 'hunter' },
  {
    name: 'JSON',
    text: '{"client_secret":"a,b;c&d=e","scope":"x"}',
    secret: 'a,b;c&d=e',
    says: ',"scope":"x"}',
  },
  {
    name: 'JSON in JSON',
    text: String.raw`{\"client_secret\":\"hunter\",\"scope\":\"x\"}`,
    secret: 'hunter',
    says: String.raw`,\"scope\":\"x\"}`,
  },
  { name: 'a value that holds its own quote', text: "password='it's my own' x", secret: "it's my own" },
  {
    name: 'a value with ampersands and semicolons',
    text: 'spring.mail.password=Som;mer,24&x!',
    secret: 'Som;mer,24&x!',
  },
  {
    name: 'a connection string',
    text: 'User=a;Password=S0m;mer!;Encrypt=true',
    secret: 'S0m;mer!',
    says: ';Encrypt=true',
  },
  { name: 'a row of a table', text: '| client_secret | Sommer2024 |', secret: 'Sommer2024' },
  {
    name: 'a private key',
    text: '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\nabcdefgh\n-----END PRIVATE KEY-----',
    secret: 'abcdefgh',
  },
  { name: 'a line of .netrc', text: 'machine h login svc password hunter', secret: 'hunter' },
  ...[
    'Kennwort: ',
    'Passwort: ',
    'mot de passe : ',
    'contraseña: ',
    'wachtwoord: ',
    'hasło: ',
    'senha: ',
    'пароль: ',
    'パスワード: ',
    '密码：',
  ].map((label) => ({ name: `what follows ${label.trim()}`, text: `${label}hunter`, secret: 'hunter' })),
  {
    name: 'a password in quotes',
    text: "The password 'hunter' was refused",
    secret: 'hunter',
    says: 'was refused',
  },
  { name: 'a password in a sentence', text: `I have set the password to ${PASSWORD}`, secret: PASSWORD },
  { name: 'a password that is introduced', text: 'The password is: hunter', secret: 'hunter' },
  {
    name: 'a value in brackets',
    text: 'auth failed (given password: hunter)',
    secret: 'hunter',
    says: 'password: [redacted])',
  },
  { name: 'quotes that are doubled', text: 'password="My ""own"" phrase" x', secret: 'My ""own"" phrase' },
  {
    name: 'a password beside its address',
    text: `[smtp.office365.com]:587 svc@contoso.example:${PASSWORD}`,
    secret: PASSWORD,
    says: 'svc@contoso.example:',
  },
  { name: 'a pair in a mail', text: `svc@contoso.example / ${PASSWORD}`, secret: PASSWORD },
  { name: 'a secret in a sentence', text: 'my client secret is abC8Q~xyz, why?', secret: 'abC8Q~xyz' },
];

const TOKENS: readonly HiddenCase[] = [
  { name: 'a refresh token of a personal account', text: `refresh_token ${PERSONAL} here`, secret: PERSONAL },
  { name: 'a refresh token in a sentence', text: 'refresh_token is 0.AUoAabc', secret: '0.AUoAabc' },
  { name: 'a token of several parts', text: `got ${DOTTED} back`, secret: DOTTED, says: 'back' },
  { name: 'a token of the second kind', text: `got 1.${DOTTED.slice(2)}`, secret: DOTTED.slice(2) },
  { name: 'a token that is no JWT', text: '"access_token":"abc.def","expires_in":1', secret: 'abc.def' },
  {
    name: "Entra's cookies when they are set",
    text: 'Set-Cookie: ESTSAUTHPERSISTENT=1.AXkA; path=/; HttpOnly',
    secret: '1.AXkA; path=/; HttpOnly',
  },
  {
    name: "Entra's cookies when they are sent",
    text: 'Cookie: fpc=Abcdef; x=yz',
    secret: 'fpc=Abcdef; x=yz',
  },
  { name: "a secret of Entra's", text: `Invalid client secret provided ${ENTRA}`, secret: ENTRA },
  { name: "a secret of Entra's that was cut off", text: 'it begins abC8Q~xyz', secret: 'abC8Q~xyz' },
  { name: 'a short header', text: 'Authorization: Basic YTpi', secret: 'YTpi', says: 'Authorization: Basic' },
  {
    name: 'a header of digest',
    text: 'Authorization: Digest username="svc", response="abcdef0123456789"',
    secret: 'abcdef0123456789',
  },
  { name: 'a header in a list', text: '"Authorization": ["Bearer abcdef1"]', secret: 'abcdef1' },
  { name: 'base64 that begins nowhere', text: `...${PLAIN.slice(3)}${PLAIN}`, secret: PLAIN },
];

export const HIDDEN: readonly HiddenCase[] = [
  ...PROTOCOL,
  ...CALLS,
  ...URLS,
  ...COMMANDS,
  ...NAMED,
  ...TOKENS,
];

export const KEPT: readonly KeptCase[] = [
  { name: 'a refused login', text: 'A1 NO LOGIN failed.' },
  { name: 'a login without its tag', text: 'NO LOGIN failed. A3 LOGOUT' },
  { name: 'a login that works', text: 'A1 OK LOGIN completed.' },
  {
    name: 'a login that is refused with a code',
    text: 'NO [AUTHENTICATIONFAILED] LOGIN Invalid credentials',
  },
  { name: 'a login of a log', text: 'Error="LOGIN failed." Server="outlook.office365.com:993"' },
  { name: 'a login in a sentence', text: 'step 2 login with account contoso1' },
  { name: 'a refused AUTHENTICATE', text: 'A2 NO AUTHENTICATE failed.' },
  { name: 'an AUTHENTICATE that was blotted out', text: 'C: A2 AUTHENTICATE XOAUTH2 ****' },
  { name: 'the mechanisms of SMTP', text: '250-AUTH LOGIN XOAUTH2 PLAIN' },
  {
    name: 'the capabilities of IMAP',
    text: '* CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS',
  },
  {
    name: 'the greeting of a server',
    text: '* OK [CAPABILITY IMAP4rev1 ID] IMAP4rev1 imapgate-1.9.0 imap.mail.example',
  },
  { name: 'what POP3 says', text: '-ERR Logon failure: unknown user name or bad password.' },
  {
    name: "Exchange's server and its time",
    text: '[AM6P195CA0093.EURP195.PROD.OUTLOOK.COM 2024-05-01T10:00:00.123Z 08DC6912A1B2C3D4]',
  },
  {
    name: 'an expired secret',
    text: `AADSTS7000222: The provided client secret keys for app '${GUID}' are expired.`,
  },
  {
    name: 'an invalid secret',
    text: 'AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app.',
  },
  {
    name: 'a secret that is missing',
    text: "AADSTS7000216: 'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
  },
  {
    name: 'a parameter that is missing',
    text: "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
  },
  {
    name: 'where a server sends its client for a token',
    text: `WWW-Authenticate: Bearer realm="", authorization_uri="https://login.microsoftonline.com/common", client_id="${GUID}"`,
  },
  {
    name: 'a kind of authentication',
    text: 'Bearer authentication failed, Basic authentication is disabled',
  },
  {
    name: 'a path of a program',
    text: '/var/www/html/vendor/webklex/php-imap/src/Connection/Protocols/ImapProtocol.php:413',
  },
  {
    name: 'a path that holds the name of a product',
    text: '/opt/app/src/main/java/com/example/mail/Office365ConnectorHandlerFactory.java',
  },
  { name: 'the token endpoint', text: `https://login.microsoftonline.com/${GUID}/oauth2/v2.0/token` },
  { name: 'a URL that ends in its port', text: 'proxy is http://proxy.example:3128' },
  { name: 'a URL with a port and an address', text: `https://h.example:443/${GUID}?login_hint=a@b.example` },
  {
    name: 'a scope that is encoded',
    text: 'scope=https%3A%2F%2Foutlook.office365.com%2FIMAP.AccessAsUser.All%20offline_access',
  },
  {
    name: 'the ids and the time of an answer',
    text: `Trace ID: ${GUID} Correlation ID: ${GUID} Timestamp: 2024-05-01 10:00:00Z`,
  },
  { name: 'a thumbprint', text: 'thumbprint A94A8FE5CCB19BA61C4C0873D391E987982FBBD3' },
  { name: 'a line that is a thumbprint', text: 'a94a8fe5ccb19ba61c4c0873d391e987982fbbd3' },
  { name: 'a line that is a GUID', text: GUID },
  { name: 'a line that is a code', text: 'AADSTS7000215' },
  { name: 'a line that is one word', text: 'InvalidAuthenticationToken' },
  { name: 'a line that is an error of the system', text: 'ECONNREFUSED' },
  {
    name: 'the names of classes',
    text: 'Microsoft.Identity.Client.MsalServiceException: com.microsoft.aad.adal4j.AuthenticationException',
  },
  {
    name: 'a line of a Java trace',
    text: 'at com.sun.mail.imap.IMAPStore.protocolConnect(IMAPStore.java:771)',
  },
  {
    name: 'a line of a .NET trace',
    text: 'at MailKit.Net.Imap.ImapClient.Authenticate(Encoding encoding, ICredentials credentials, Boolean doAsync)',
  },
  { name: 'a call that holds variables only', text: 'imap.login(user, password) and connect(host, 993)' },
  { name: 'a call that holds a mechanism', text: "imap.authenticate('XOAUTH2', lambda x: auth_string)" },
  { name: 'a failed call of the system', text: 'connect() failed: connect ECONNREFUSED 52.97.1.2:993' },
  { name: 'ports and folders', text: 'docker run -p 8080:80 -u 1000:1000 x; ssh -p 22 h; mkdir -p /tmp/x' },
  {
    name: "PowerShell's variables",
    text: 'Connect-X -Password $password -AccessToken $env:TOKEN -Credential $c',
  },
  { name: 'what is known to be empty', text: 'password: null, client_secret=undefined, secret: ****' },
  {
    name: 'what is left to be filled in',
    text: 'password = ${MAIL_PASSWORD} and client_secret=<your secret>',
  },
  { name: 'folders', text: 'PWD=/home/svc' },
  { name: 'names that end in pass', text: 'bypass: yes, compass: north' },
  { name: 'the head of a table', text: '| Client secret | Expires | Status |' },
  { name: 'the grant types', text: 'grant_type=password&client_id=x&token_type=Bearer' },
  { name: 'a code of an error', text: '{"code":"InvalidAuthenticationToken","error_codes":[7000222]}' },
  {
    name: 'a token that is said to be missing',
    text: 'access_token: missing, token is expired since 2024-05-01',
  },
  { name: 'the point of a list', text: '1.ApplicationImpersonation permission is gone' },
  { name: 'a password that is said to expire', text: 'Your password will expire in 14 days' },
  {
    name: 'what is said of an address',
    text: 'svc@contoso.example:993 failed, svc@contoso.example: AADSTS50126: x',
  },
  { name: 'whose password it is', text: 'The password for user1@contoso.example is incorrect' },
];
