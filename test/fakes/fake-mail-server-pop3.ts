/** The fake mail server's POP3: Exchange Online's texts, and the healthy answers. */
import type { Dialect, StepName } from './fake-mail-server.ts';

const CAPABILITIES = ['TOP', 'UIDL', 'SASL PLAIN XOAUTH2', 'USER', 'STLS'];

const STEPS: Readonly<Record<string, StepName>> = {
  CAPA: 'capabilities',
  STLS: 'starttls',
  'AUTH XOAUTH2': 'prompt',
  STAT: 'open',
  QUIT: 'logout',
};

function list(capabilities: readonly string[]): string {
  return ['+OK', ...capabilities, '.'].join('\n');
}

export const pop3Dialect: Dialect = {
  protocol: 'pop3',
  step: (line, last) => {
    const step =
      STEPS[line] ??
      (last.step === 'prompt' ? 'auth' : undefined) ??
      (line === '' ? 'challenged' : undefined);
    if (step === undefined) throw new Error(`The client sent what it must not: ${line}`);
    return { step, tag: '' };
  },
  healthy: {
    greeting: ({ say }) => say('+OK The Microsoft Exchange POP3 service is ready. [QQBCADEALgBDAE8ATQA=]'),
    capabilities: ({ say }) => say(list(CAPABILITIES)),
    starttls: ({ say }) => say('+OK Begin TLS negotiation.'),
    prompt: ({ say }) => say('+ '),
    auth: ({ say }) => say('+OK User successfully authenticated.'),
    challenged: ({ say }) => say('-ERR Authentication failure: unknown user name or bad password.'),
    open: ({ say }) => say('+OK 3 4711'),
    logout: ({ say }) => say('+OK Microsoft Exchange Server POP3 server signing off.'),
  },
  refuse:
    (words) =>
    ({ say }) =>
      say(`-ERR ${words}`),
  challenge:
    (base64) =>
    ({ say }) =>
      say(`+ ${base64}`),
  turnAway:
    (words) =>
    ({ say }) =>
      say(`-ERR ${words}`),
  greet:
    (words) =>
    ({ say }) =>
      say(`+OK ${words}`),
  offerWithout:
    (word) =>
    ({ say }) =>
      say(list(CAPABILITIES.map((line) => line.replace(word, 'NOTHING')))),
};
