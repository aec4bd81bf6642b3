import { expect, test } from 'vitest';
import { createRedactor } from '../../../src/model/redactor.ts';
import { greetingFacts } from '../../../src/probe/protocol/greeting.ts';
import { createSanitizer } from '../../../src/probe/protocol/server-text.ts';

const sanitize = createSanitizer(createRedactor());

/** As Exchange Online sent it: `PA7P264CA0137.FRAP264.PROD.OUTLOOK.COM`. */
const NAMED =
  '[UABBADcAUAAyADYANABDAEEAMAAxADMANwAuAEYAUgBBAFAAMgA2ADQALgBQAFIATwBEAC4ATwBVAFQATABPAE8ASwAuAEMATwBNAA==]';

test.each([
  ['in its oldest form', `* OK The Microsoft Exchange IMAP4 service is ready. ${NAMED}`],
  [
    'since December 2025',
    `* OK The Microsoft Exchange IMAP4 service is ready. (BACKENDAUTHENTICATE) ${NAMED}`,
  ],
  ['over POP3', `+OK The Microsoft Exchange POP3 service is ready. ${NAMED}`],
  [
    'over POP3 since September 2025',
    `+OK Microsoft Exchange POP3 server ready (tcpproxy/15.20.9137.005). ${NAMED}`,
  ],
])('the greeting identifies Exchange Online and its front end: %s', (_, line) => {
  expect(greetingFacts(line, sanitize)).toEqual({
    text: line,
    exchange: true,
    serverName: 'PA7P264CA0137.FRAP264.PROD.OUTLOOK.COM',
  });
});

test.each([
  ['no brackets', '* OK The Microsoft Exchange IMAP4 service is ready.', true],
  ['empty brackets', '* OK The Microsoft Exchange IMAP4 service is ready. []', true],
  ['capabilities in brackets', '* OK [CAPABILITY IMAP4rev1 AUTH=XOAUTH2] Dovecot ready.', false],
  ['base64 of something else', '+OK ready [aGVsbG8gd29ybGQhISE=]', false],
])('a greeting with %s names no server', (_, line, exchange) => {
  expect(greetingFacts(line, sanitize)).toEqual({ text: line, exchange });
});
