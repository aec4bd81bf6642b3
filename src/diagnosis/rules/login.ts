/** The login dialogue: the SASL string, the mechanism, a password instead of a token. Guide step 5. */
import { eachProtocol } from '../../model/protocol.ts';
import { say } from '../fix/step.ts';
import { isMicrosoftHost } from '../../model/microsoft365.ts';
import { REFERENCES } from '../references.ts';
import type { RuleTable } from '../rule.ts';
import type { CaseFacts } from '../case-facts.ts';
import { aboutMail, aboutToken, whenLoginRefused, either, hasPhrase } from '../when.ts';

/**
 * Whether the XOAUTH2 string might have been sent in the same line as AUTH. A probe always sends it in a line of its
 * own. Any other program might use the same line, except if the pasted text shows two lines.
 */
function mayBeOneLine(facts: CaseFacts): boolean {
  return facts.pasted && !hasPhrase(facts, 'xoauth2-two-lines');
}

const OAUTH_FOR_SMTP = `This answer was sent to a program that sends mail. For that, the application needs the permission SMTP.SendAsApp, and SMTP client submission must be on for the mailbox; ${eachProtocol(({ name }) => name)} have their own permissions.`;

export const LOGIN_RULES = {
  'xoauth2-string-malformed': {
    title: () => 'The XOAUTH2 string does not have the form that the protocol requires',
    owner: 'operator',
    scope: 'app',
    guideStep: 5,
    references: [REFERENCES.mailOauth, REFERENCES.xoauth2],
    symptom:
      'NO AUTHENTICATE failed. or BAD Command Argument Error. from the first attempt, with your own program: ^A typed as two characters, a missing ^A at the end, an extra space, the token encoded twice, or line breaks in the base64.',
    test: () =>
      'Decode the base64 that was sent: it must be exactly user=ADDRESS, one byte 0x01, auth=Bearer TOKEN, two bytes 0x01.',
    lookAlikes: ['exchange-sp-not-registered', 'app-permission-missing'],
    when: either(
      (facts) => (facts.mail?.failure.code === 'sasl-malformed' ? aboutMail('certain') : undefined),
      (facts) =>
        hasPhrase(facts, 'argument-error') || facts.mail?.failure.code === 'sasl-suspect'
          ? aboutMail('likely')
          : undefined,
      whenLoginRefused('xoauth2-string-malformed'),
    ),
    fix: (names) => [
      say(
        `Build base64("user=${names.address}" + 0x01 + "auth=Bearer " + token + 0x01 + 0x01), in one line. This string contains the mailbox's address and the token, never the secret.`,
      ),
    ],
    takesEffect: 'At once.',
  },
  'xoauth2-pop-one-line': {
    title: () =>
      'POP3: the XOAUTH2 string was sent on the AUTH line, but Exchange requires it on a separate line',
    owner: 'operator',
    scope: 'app',
    guideStep: 5,
    references: [REFERENCES.mailOauth],
    symptom:
      '-ERR Protocol error. Connection is closed. 10 as the answer to AUTH XOAUTH2 followed by the base64 on the same line. IMAP works.',
    test: () => 'Send AUTH XOAUTH2 alone, wait for the line with the plus sign, then send the base64.',
    lookAlikes: ['xoauth2-token-too-long'],
    when: (facts) =>
      hasPhrase(facts, 'pop-protocol-error')
        ? aboutMail(mayBeOneLine(facts) ? 'likely' : 'possible')
        : undefined,
    fix: () => [
      say(
        'Make the program send two lines: first AUTH XOAUTH2, then, after the server has answered with +, the base64 string. In JavaMail, set mail.pop3s.auth.xoauth2.two.line.authentication.format=true.',
      ),
    ],
    takesEffect: 'At once.',
  },
  'xoauth2-token-too-long': {
    title: () => 'The token makes the line longer than the mail server accepts',
    owner: 'entra-admin',
    scope: 'app',
    guideStep: 3,
    references: [REFERENCES.mailOauth],
    symptom:
      '-ERR Protocol error. Connection is closed. 10, "line too long", or a closed connection after the token was sent, although the commands are right. App-only tokens have about 2,000 characters; Exchange accepts about 4,000.',
    test: () =>
      'Count the characters of the token. More than 4,000 are too many. Many roles or group claims make a token long.',
    lookAlikes: ['xoauth2-pop-one-line'],
    when: (facts) => {
      if (facts.token?.failure.code === 'token-too-long')
        return aboutToken(facts.token, { confidence: 'certain' });
      if (hasPhrase(facts, 'line-too-long')) return aboutMail('likely');
      return hasPhrase(facts, 'pop-protocol-error')
        ? aboutMail(mayBeOneLine(facts) ? 'possible' : 'likely')
        : undefined;
    },
    fix: () => [
      say(
        `Use a separate app registration for mail access, with only ${eachProtocol(({ role }) => role.name)}; remove group claims and optional claims from its token configuration.`,
      ),
    ],
    takesEffect: 'With the next token.',
  },
  'basic-auth-retired': {
    title: (names, detail) =>
      `${detail === 'smtp' ? 'SMTP' : names.mailbox}: a password was sent, but Exchange Online no longer accepts passwords`,
    owner: 'operator',
    scope: 'mailbox',
    guideStep: 5,
    references: [REFERENCES.basicAuth, REFERENCES.mailOauth],
    symptom:
      'NO LOGIN failed. or -ERR Logon failure: unknown user name or bad password. The program logged in with LOGIN, PLAIN or USER/PASS. Basic authentication has been off in Exchange Online since January 2023; AUTH=PLAIN is still advertised. App passwords do not help.',
    test: () =>
      'Check the command before the answer: LOGIN, AUTHENTICATE PLAIN or USER/PASS is a password; AUTHENTICATE XOAUTH2 is a token.',
    lookAlikes: ['wrong-auth-mechanism'],
    when: either(
      (facts) =>
        hasPhrase(facts, 'basic-blocked', 'smtp-basic-disabled')
          ? aboutMail('certain', hasPhrase(facts, 'smtp-basic-disabled') ? { detail: 'smtp' } : {})
          : undefined,
      (facts) =>
        hasPhrase(facts, 'login-failed', 'pop-logon-failure', 'mechanism-unsupported', 'password-mechanism')
          ? aboutMail(facts.pasted ? 'likely' : 'possible')
          : undefined,
      whenLoginRefused('basic-auth-retired'),
    ),
    fix: (names, detail) => [
      ...(detail === 'smtp' ? [say(OAUTH_FOR_SMTP)] : []),
      say(
        "Set the program to OAuth 2.0 (XOAUTH2) with the application's token, as in step 5 of the guide. If it does not support that, it cannot read Exchange Online mailboxes.",
      ),
      say(`The scope of the token is ${names.scope}; the user name is the mailbox's address.`),
    ],
    takesEffect: 'At once.',
  },
  'wrong-auth-mechanism': {
    title: () => 'The program logged in with a password although it should use a token',
    owner: 'operator',
    scope: 'app',
    guideStep: 5,
    references: [REFERENCES.mailOauth],
    symptom:
      'As for basic-auth-retired, but from a program that is set to OAuth: it fell back to LOGIN or PLAIN, or sent the token as the password.',
    test: () =>
      'Switch on the protocol log of the program: it must contain AUTHENTICATE XOAUTH2. In JavaMail, set mail.imap.auth.mechanisms=XOAUTH2.',
    lookAlikes: ['basic-auth-retired'],
    when: (facts) => {
      if (
        !hasPhrase(
          facts,
          'login-failed',
          'pop-logon-failure',
          'mechanism-unsupported',
          'password-mechanism',
        ) ||
        hasPhrase(facts, 'basic-blocked')
      )
        return undefined;
      return aboutMail(facts.pasted ? 'possible' : 'likely');
    },
    fix: () => [
      say(
        "Select XOAUTH2 as the only mechanism in the program's settings. A token is not a password, and LOGIN and PLAIN cannot transmit it.",
      ),
    ],
    takesEffect: 'At once.',
  },
  'xoauth2-not-offered': {
    title: (names) => `The server at ${names.endpoint} does not offer XOAUTH2`,
    owner: 'network-admin',
    scope: 'endpoint',
    guideStep: 5,
    references: [REFERENCES.mailOauth, REFERENCES.popImapSettings],
    symptom:
      "The server's capabilities do not include AUTH=XOAUTH2 (IMAP) or SASL XOAUTH2 (POP3). Exchange Online always offers it: another server, a mail gateway or an on-premises Exchange answered.",
    test: () =>
      'Read the greeting: Exchange Online says "The Microsoft Exchange IMAP4 service is ready." with a bracketed name that decodes to ...PROD.OUTLOOK.COM.',
    lookAlikes: ['not-exchange-online'],
    when: (facts) =>
      hasPhrase(facts, 'xoauth2-not-offered') || facts.mail?.failure.code === 'mechanism-not-offered'
        ? aboutMail('likely')
        : undefined,
    fix: (names) => [
      say(
        `${names.endpoint} is not Exchange Online's front end, or something on the path answers instead. Connect to the front end (${names.exchangeHost}, ${eachProtocol(({ name, ports }) => `${name} ${ports.implicit}`, ',')}, TLS), not to a gateway, a mail proxy or an on-premises server.`,
      ),
    ],
    takesEffect: 'At once.',
  },
  'not-exchange-online': {
    title: ({ host, endpoint }) =>
      `The server that answered${isMicrosoftHost(host) ? '' : ` at ${endpoint}`} is not Exchange Online`,
    owner: 'operator',
    scope: 'endpoint',
    guideStep: 5,
    references: [REFERENCES.mailOauth, REFERENCES.xoauth2],
    symptom:
      'The greeting, the capabilities (AUTH=NTLM or AUTH=GSSAPI: an on-premises Exchange) or the scope in the SASL challenge are those of another server: "Gimap ready", https://mail.google.com/, "Dovecot ready", "PREAUTH".',
    test: () =>
      'Check the host name that the program connects to, and read the greeting: that of Exchange Online begins with "The Microsoft Exchange".',
    lookAlikes: [],
    when: (facts) => {
      // Exchange Online never sends the greeting PREAUTH.
      const code = facts.mail?.failure.code;
      return code === 'preauth' || code === 'other-server' || hasPhrase(facts, 'google', 'other-server')
        ? aboutMail('likely')
        : undefined;
    },
    fix: (names) => [
      say(
        `Set the mail host to ${names.exchangeHost}, or follow the OAuth set-up of that server's provider: it does not accept Microsoft's tokens.`,
      ),
    ],
    takesEffect: 'At once.',
  },
  'account-blocked': {
    title: (names) =>
      `${names.mailbox}: Microsoft blocks a personal account until its owner signs in with a browser`,
    owner: 'operator',
    scope: 'mailbox',
    references: [REFERENCES.popImapSettings],
    symptom:
      'NO LOGIN failed. Account is blocked. Login to your account via a web browser to verify your identity. The server says this only of personal Outlook.com accounts, not of an app-only sign-in.',
    test: () => 'Sign in to the account at outlook.com.',
    lookAlikes: ['basic-auth-retired'],
    when: (facts) => (hasPhrase(facts, 'account-blocked') ? aboutMail('certain') : undefined),
    fix: () => [
      say(
        'Sign in with a browser, complete the verification, and set the program to OAuth. An app-only token cannot open a personal account.',
      ),
    ],
    takesEffect: 'At once.',
  },
} satisfies RuleTable;
