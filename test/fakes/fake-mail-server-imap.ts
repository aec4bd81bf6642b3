/** The fake mail server's IMAP: Exchange Online's texts, and the healthy answers. */
import type { Dialect, StepName } from './fake-mail-server.ts';

const CAPABILITIES =
  'IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=OAUTHBEARER AUTH=XOAUTH2 SASL-IR UIDPLUS ID STARTTLS IDLE NAMESPACE LITERAL+';

const STEPS: readonly (readonly [RegExp, StepName])[] = [
  [/^\w+ CAPABILITY$/i, 'capabilities'],
  [/^\w+ STARTTLS$/i, 'starttls'],
  [/^\w+ AUTHENTICATE XOAUTH2$/i, 'prompt'],
  [/^\w+ AUTHENTICATE XOAUTH2 \S+$/i, 'auth'],
  [/^\w+ EXAMINE "?INBOX"?$/i, 'open'],
  [/^\w+ LOGOUT$/i, 'logout'],
];

export const imapDialect: Dialect = {
  protocol: 'imap',
  step: (line, last) => {
    // A SASL line has no tag of its own.
    if (last.step === 'prompt' && !line.includes(' ')) return { step: 'auth', tag: last.tag };
    if (line === '') return { step: 'challenged', tag: last.tag };
    const step = STEPS.find(([pattern]) => pattern.test(line))?.[1];
    if (step === undefined) throw new Error(`The client sent what it must not: ${line}`);
    return { step, tag: line.split(' ')[0] ?? '' };
  },
  healthy: {
    greeting: ({ say }) => say('* OK The Microsoft Exchange IMAP4 service is ready. [QQBCADEALgBDAE8ATQA=]'),
    capabilities: ({ say, tag }) => say(`* CAPABILITY ${CAPABILITIES}\n${tag} OK CAPABILITY completed.`),
    starttls: ({ say, tag }) => say(`${tag} OK Begin TLS negotiation now.`),
    prompt: ({ say }) => say('+ '),
    auth: ({ say, tag }) => say(`${tag} OK AUTHENTICATE completed.`),
    challenged: ({ say, tag }) => say(`${tag} NO AUTHENTICATE failed.`),
    open: ({ say, tag }) =>
      say(
        [
          '* 3 EXISTS',
          '* 0 RECENT',
          String.raw`* FLAGS (\Seen \Answered \Flagged \Deleted \Draft $MDNSent)`,
          String.raw`* OK [PERMANENTFLAGS ()] Permanent flags`,
          '* OK [UIDVALIDITY 14] UIDVALIDITY value',
          `${tag} OK [READ-ONLY] EXAMINE completed.`,
        ].join('\n'),
      ),
    logout: ({ say, tag }) =>
      say(`* BYE Microsoft Exchange Server IMAP4 server signing off.\n${tag} OK LOGOUT completed.`),
  },
  refuse:
    (words) =>
    ({ say, tag }) =>
      say(`${tag} NO ${words}`),
  challenge:
    (base64) =>
    ({ say }) =>
      say(`+ ${base64}`),
  turnAway:
    (words) =>
    ({ say }) =>
      say(`* BYE ${words}`),
  greet:
    (words) =>
    ({ say }) =>
      say(`* OK ${words}`),
  offerWithout:
    (word) =>
    ({ say, tag }) =>
      say(
        `* CAPABILITY ${CAPABILITIES.split(' ')
          .filter((name) => !name.includes(word))
          .join(' ')}\n${tag} OK CAPABILITY completed.`,
      ),
};
