/**
 * Decides whether a pasted text concerns a mail server other than Exchange Online. Servers of every vendor report
 * failed authentication, but the causes apply only to Exchange Online.
 */
import { MAIL_PORTS } from '../model/protocol.ts';
import { isMicrosoftHost } from '../model/microsoft365.ts';
import { EXCHANGE_MESSAGES } from '../vocabulary/phrase.ts';
import type { Finder } from './finder.ts';
import { hostsIn } from './hosts.ts';

/**
 * Words in lower case: greetings, capabilities and limits that Exchange Online does not have, and names of other
 * services.
 */
const OTHERS_WORDS: readonly string[] = [
  'mail_max_userip_connections',
  'xapplepushservice',
  'gimap ready',
  'gpop ready',
  'gsmtp',
  'nt_status_',
  'kafka',
  'dovecot ready',
  'ldap',
];
/** Mechanisms that an on-premises Exchange offers, and that Exchange Online does not offer. */
const ON_PREMISES: readonly string[] = ['auth=gssapi', 'auth=ntlm'];
const HINTS: readonly string[] = ['imap.', 'pop.', 'mail.', 'smtp.', ...MAIL_PORTS.map((port) => `:${port}`)];
const MOST_LINES = 20;

export function isOthersServer(finder: Finder): boolean {
  if (ON_PREMISES.some(finder.has)) return true;
  if (EXCHANGE_MESSAGES.some(finder.has) || finder.has('authfailed:')) return false;
  if (OTHERS_WORDS.some(finder.has)) return true;
  const hosts = HINTS.flatMap((hint) => finder.places(hint).slice(0, MOST_LINES))
    .flatMap(({ line }) => hostsIn(line))
    .filter(({ role }) => role === 'mail');
  return (
    hosts.length > 0 && hosts.every(({ host }) => !isMicrosoftHost(host) && !PLACEHOLDER_HOST.test(host))
  );
}

/** Placeholder names, which identify no server. */
const PLACEHOLDER_HOST = /example|contoso|fabrikam|mycompany|yourdomain|mydomain|xxx|^127\.|^localhost/i;
