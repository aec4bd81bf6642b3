/** Faults of the mail servers and of the network path to them. Rows of the table in `scenarios.ts`. */
import { mailFault, type Scenario, scenario, UNREACHABLE } from '../scenario.ts';

export const mailHostScenarios: readonly Scenario[] = [
  scenario('service-incident', {
    title: 'The mail servers greet with a refusal, for everybody',
    lookAlikes: ['exchange-transient'],
    apply: mailFault({ kind: 'bye' }),
  }),
  scenario('service-incident', {
    name: 'mail-login-stalls',
    title: 'The mail servers take the credentials and never answer',
    lookAlikes: ['exchange-transient', 'tcp-blocked'],
    apply: mailFault({ kind: 'silent-at-login' }),
  }),
  scenario('service-incident', {
    name: 'mail-login-dropped',
    title: 'The mail servers hang up at login without a word',
    lookAlikes: ['exchange-transient', 'tcp-blocked', 'xoauth2-token-too-long'],
    apply: mailFault({ kind: 'drop-at-login' }),
  }),
  scenario('tcp-blocked', {
    name: 'mail-host-refused',
    title: 'Connections to the mail ports are refused',
    lookAlikes: UNREACHABLE,
    apply: mailFault({ kind: 'refuse' }),
  }),
  scenario('tcp-blocked', {
    name: 'mail-host-reset',
    title: 'Connections to the mail ports are reset',
    lookAlikes: [...UNREACHABLE, 'tls-handshake-failure', 'tls-mode-mismatch'],
    apply: mailFault({ kind: 'reset' }),
  }),
  scenario('tcp-blocked', {
    name: 'mail-host-hangs',
    title: 'A middlebox accepts connections to the mail ports and holds them before TLS',
    lookAlikes: [...UNREACHABLE, 'tls-handshake-failure', 'tls-mode-mismatch'],
    apply: mailFault({ kind: 'hang' }),
  }),
  scenario('tcp-blocked', {
    name: 'mail-host-silent',
    title: 'The mail servers complete TLS and never greet',
    lookAlikes: [...UNREACHABLE, 'wrong-port', 'tls-interception'],
    apply: mailFault({ kind: 'silent' }),
  }),
  scenario('tls-interception', {
    title: 'TLS to the mail servers is inspected by an authority that is not trusted',
    lookAlikes: ['trust-store-incomplete'],
    apply: mailFault({ kind: 'untrusted-certificate' }),
  }),
  scenario('server-certificate-expired', {
    name: 'mail-certificate-expired',
    title: 'The certificate of the mail servers is past its end date',
    lookAlikes: ['clock-skew', 'tls-interception', 'tls-handshake-failure'],
    apply: mailFault({ kind: 'expired-certificate' }),
  }),
  scenario('tls-interception', {
    name: 'mail-certificate-of-other-host',
    title: 'The certificate of the mail servers is for another host',
    lookAlikes: ['tls-handshake-failure', 'dns-failure', 'proxy-failure'],
    apply: mailFault({ kind: 'wrong-name-certificate' }),
  }),
  scenario('tls-mode-mismatch', {
    title: 'The mail ports speak clear text where TLS is expected',
    lookAlikes: ['wrong-port', 'proxy-failure', 'tls-handshake-failure'],
    apply: mailFault({ kind: 'plaintext' }),
  }),
  scenario('wrong-port', {
    title: 'Each mail port speaks the other protocol',
    apply: mailFault({ kind: 'other-protocol' }),
  }),
  scenario('own-network-down', {
    title: 'Nothing can be reached: neither token endpoint nor mail servers',
    lookAlikes: ['tcp-blocked'],
    apply: (tenant) => {
      tenant.faults.entra = { kind: 'refuse' };
      tenant.faults.graph = { kind: 'refuse' };
      tenant.faults.imap = { kind: 'refuse' };
      tenant.faults.pop3 = { kind: 'refuse' };
    },
  }),
];
