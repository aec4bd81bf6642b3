/**
 * Lines with secrets as logs, command lines, programs, mails and protocols write them, and secrets of kinds that no
 * list of patterns names. Everything here is made up.
 */
export interface HiddenCase {
  /** Reads on from "hides ". */
  readonly name: string;
  readonly text: string;
  /** Nothing of it may be seen, and no six characters of its beginning or end. */
  readonly secret: string;
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
  },
  {
    name: "a phrase of POP3's PASS",
    text: 'PASS my long phrase\n-ERR Logon failure: unknown user name or bad password.',
    secret: 'my long phrase',
  },
  {
    name: 'a short initial response',
    text: 'a2 AUTHENTICATE PLAIN AHN2Y0BjAA==',
    secret: 'AHN2Y0BjAA==',
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
  },
  { name: 'a decoded SASL string', text: `sent \\x00svc@c.example\\x00${PASSWORD}`, secret: PASSWORD },
];

const CALLS: readonly HiddenCase[] = [
  {
    name: "the arguments of PHP's stack trace",
    text: `#3 Client.php(9): Webklex\\PHPIMAP\\Client->login('svc@contoso.example', '${PASSWORD}')`,
    secret: PASSWORD,
  },
  { name: 'an argument that was cut off', text: "Client->login('svc@c.example', 'Sommer", secret: 'Sommer' },
  { name: 'the third argument', text: `connect(host, user, '${PASSWORD}')`, secret: PASSWORD },
  {
    name: 'arguments without quotes',
    text: `imap_open({outlook.office365.com:993/imap/ssl}INBOX, u, ${PASSWORD})`,
    secret: PASSWORD,
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
  },
  {
    name: 'a call that is handed a named argument',
    text: "msal.ConfidentialClientApplication(cid, client_credential='hunter', authority=a)",
    secret: 'hunter',
  },
  { name: 'a pair of requests', text: "requests.get(url, auth=('svc', 'hunter'))", secret: 'hunter' },
];

const URLS: readonly HiddenCase[] = [
  {
    name: 'the password of a mail URL',
    text: 'imaps://svc%40contoso.com:Sommer2024@outlook.office365.com:993',
    secret: 'Sommer2024',
  },
  {
    name: 'the password of a proxy',
    text: 'https://svc:Sup3rPass@proxy.example:8080/?mail=a@b.example',
    secret: 'Sup3rPass',
  },
  {
    name: 'a short password of a proxy',
    text: 'http_proxy=http://user:q~W@proxy:3128',
    secret: 'q~W',
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
  },
  {
    name: "Camel's RAW",
    text: 'imaps://h:993?username=u&password=RAW(So&mm!er24)&delete=false',
    secret: 'RAW(So&mm!er24)',
  },
  {
    name: 'a value of a form',
    text: 'grant_type=password&username=a@b.example&password=So%26mm!er&scope=x',
    secret: 'So%26mm!er',
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
  },
  {
    name: '-p of the Azure CLI',
    text: `az login --service-principal -u ${GUID} -p ${PASSWORD} --tenant t`,
    secret: PASSWORD,
  },
  { name: '-p without a blank', text: 'mysql -u root -pSommer2024 mail', secret: 'Sommer2024' },
  {
    name: "curl's --user",
    text: `curl --user svc:${PASSWORD} imaps://outlook.office365.com`,
    secret: PASSWORD,
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
  },
  {
    name: '--client-secret',
    text: 'tool --client-secret hunter --tenant t',
    secret: 'hunter',
  },
  { name: '--secret', text: 'tool --secret hunter', secret: 'hunter' },
  { name: 'a dash that a word processor made long', text: 'tool –password hunter', secret: 'hunter' },
  {
    name: 'a list of arguments',
    text: '["tool", "--password", "hunter", "-v"]',
    secret: 'hunter',
  },
  {
    name: 'what ConvertTo-SecureString is given',
    text: "ConvertTo-SecureString 'Hunter2-abc' -AsPlainText -Force",
    secret: 'Hunter2-abc',
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
  },
  {
    name: 'an element of XML',
    text: '<client_secret>hunter & two</client_secret>',
    secret: 'hunter & two',
  },
  {
    name: 'a setting of .NET',
    text: '<add key="ClientSecret" value="hunter" />',
    secret: 'hunter',
  },
  { name: 'a variable of a container', text: '- name: CLIENT_SECRET\n  value: hunter', secret: 'hunter' },
  { name: 'a part of a form', text: 'form-data; name="client_secret"\n\nhunter\n--x', secret: 'hunter' },
  {
    name: 'JSON',
    text: '{"client_secret":"a,b;c&d=e","scope":"x"}',
    secret: 'a,b;c&d=e',
  },
  {
    name: 'JSON in JSON',
    text: String.raw`{\"client_secret\":\"hunter\",\"scope\":\"x\"}`,
    secret: 'hunter',
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
  },
  { name: 'a password in a sentence', text: `I have set the password to ${PASSWORD}`, secret: PASSWORD },
  { name: 'a password that is introduced', text: 'The password is: hunter', secret: 'hunter' },
  {
    name: 'a value in brackets',
    text: 'auth failed (given password: hunter)',
    secret: 'hunter',
  },
  { name: 'quotes that are doubled', text: 'password="My ""own"" phrase" x', secret: 'My ""own"" phrase' },
  {
    name: 'a password beside its address',
    text: `[smtp.office365.com]:587 svc@contoso.example:${PASSWORD}`,
    secret: PASSWORD,
  },
  { name: 'a pair in a mail', text: `svc@contoso.example / ${PASSWORD}`, secret: PASSWORD },
  { name: 'a secret in a sentence', text: 'my client secret is abC8Q~xyz, why?', secret: 'abC8Q~xyz' },
];

const TOKENS: readonly HiddenCase[] = [
  { name: 'a refresh token of a personal account', text: `refresh_token ${PERSONAL} here`, secret: PERSONAL },
  { name: 'a refresh token in a sentence', text: 'refresh_token is 0.AUoAabc', secret: '0.AUoAabc' },
  { name: 'a token of several parts', text: `got ${DOTTED} back`, secret: DOTTED },
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
  { name: 'a short header', text: 'Authorization: Basic YTpi', secret: 'YTpi' },
  {
    name: 'a header of digest',
    text: 'Authorization: Digest username="svc", response="abcdef0123456789"',
    secret: 'abcdef0123456789',
  },
  { name: 'a header in a list', text: '"Authorization": ["Bearer abcdef1"]', secret: 'abcdef1' },
  { name: 'base64 that begins nowhere', text: `...${PLAIN.slice(3)}${PLAIN}`, secret: PLAIN },
];

/** No name, no shape and no language in which they are announced is known to the program. */
const UNHEARD_OF: readonly HiddenCase[] = [
  ['a token of GitLab', '', 'glpat-xT9_kQ2mZ7vLw4RnB1sD'],
  ['a token of Slack', '', 'xoxb-2148236-8a7Gq2LmN0pXcVbT'],
  ['a key of OpenAI', 'key ', 'sk-proj-Ab3dEf6hIj9kLm2nOp5q'],
  ['a key of Amazon', '', 'AKIAIOSFODNN7EXAMPLE'],
  ['a token of Vault', '', 'hvs.CAESIJ2rQ8vXkZt1'],
  ['a token of Vault in place of a host', 'https://', 'hvs.CAESIJ2rQ8vXkZt1'],
  ['a token of Vault in place of a server', 'server=', 'hvs.CAESIJ2rQ8vXkZt1'],
  ['a token of npm', '', 'npm_8Lq2vXkZt1CAESIJ2rQ8vXkZt1CAESI'],
  ['a token of GitHub', '', 'github_pat_11ABCDEFG0aBcDeFgHiJkL'],
  ['a key of Stripe', '', 'rk_live_51HxYzAbCdEfGhIjKl'],
  ['a key of Google', '', 'AIzaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY'],
  ['a key of age', '', 'AGE-SECRET-KEY-1QQPQYSZQGPQYQSZQGPQYQSZQGPQYQSZQGP'],
  ['a password in Indonesian', 'kata sandi: ', 'rahasiabesar'],
  ['a password in Greek', 'κωδικός: ', 'kalimera'],
  ['a password in French', 'mdp=', 'soleilbleu'],
  ['a password in Polish', 'hasło to ', 'zielonykot'],
  ['a password in Turkish', 'şifre: ', 'mavideniz7'],
  ['a password in Finnish', 'salasana ', 'sininentaivas'],
  ['a password in Japanese', 'パスワードは', 'さくらさくら'],
  ['a password in Russian', 'пароль ', 'корова42'],
  ['a password in Arabic', 'كلمة السر ', 'قمرجميل'],
  ['a password in Chinese', '密码是', '春眠不觉晓'],
  ['a phrase to recover with', 'recovery phrase: ', 'witch collapse practice feed shame'],
  ['a number at a cash machine', 'pin ', '482913'],
  ['a code of one time', 'code 2FA ', '771204'],
  ['a word alone', '', 'Tr0ub4dor&3'],
  ['a word in place of a tag', '', 'correcthorsebattery'],
  ['a secret in the place of an app', "for app '", 'mysecretvalue123'],
  ['a secret in the place of a tenant', "in the directory '", 'mysecretvalue123'],
  ['a secret in the place of an unknown app', "Application with identifier '", 'mysecretvalue123'],
  ['a secret in the place of a resource', 'The resource principal named ', 'mysecretvalue123'],
  [
    'a secret in the path of a resource',
    'resource principal named https://hooks.example.com/',
    'T024BE7LD-w9Kq',
  ],
  ['a secret in the place of a client id', 'client_id=', 'Zx81-Zx82-Zx83-Zx84-hello'],
  ['a secret in the place of a user', 'user=', 'S3cr3tPassw0rdHere'],
  [
    'a secret in the place of a claim',
    '"aud": "https://outlook.office365.com", "oid": "',
    'Zx81Zx82Zx83Zx84',
  ],
  [
    'a secret in the place of a role',
    '"aud": "https://outlook.office365.com", "roles": ["',
    'Zx81Zx82Zx83Zx84',
  ],
  ['a secret in the place of a name', 'issuer=C = US, O = ', 'Zx81Zx82Zx83Zx84'],
  ['a secret in the place of a challenge', '{"status":"', 'invalid_zx81zx82zx83'],
  ['a secret behind a mailbox', 'qms@contoso.example ', 'hunter2hunter2'],
  ['a secret before a mailbox', '', 'hunter2hunter2:qms@contoso.example'],
].map(([name = '', announced = '', secret = '']) => ({ name, text: `${announced}${secret}`, secret }));

export const HIDDEN: readonly HiddenCase[] = [
  ...UNHEARD_OF,
  ...PROTOCOL,
  ...CALLS,
  ...URLS,
  ...COMMANDS,
  ...NAMED,
  ...TOKENS,
];
