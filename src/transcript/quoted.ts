/** Finds the names of apps, tenants, mailboxes and hosts in a pasted text. They complete the commands of the fix. */
import {
  CLOUD_NAMES,
  CLOUDS,
  hostOf,
  SIGN_IN_HOSTS,
  signInHosts,
  type Cloud,
  type CloudFacts,
} from '../model/microsoft365.ts';
import type { QuotedNames } from '../model/quoted-names.ts';
import { factsOf, MAIL_PORTS, PROTOCOL_IDS, type Protocol } from '../model/protocol.ts';
import { DIALECTS } from '../vocabulary/dialects.ts';
import type { Finder } from './finder.ts';
import { isMailboxAddress, shownAppId, shownId, shownResource, UNSHOWN } from './identifiers.ts';
import { hostsIn, isMailPort, portsIn } from './hosts.ts';

/** An id, or a placeholder that was never filled in: `{{clientId}}`, `${CLIENT_ID}`. */
const ID = String.raw`[\w.@:/<>{}$%-]{1,100}`;
/** Names that somebody made unreadable before pasting the text. */
const MASKED = /x{4,}|\*{2,}|\u2026|\.{3}|redacted|removed|hidden|^<|^your[-_ ]/i;

export function quotedNames(finder: Finder, saslUser: string | undefined): QuotedNames {
  const clientId =
    first(
      finder,
      ['for app ', 'application with identifier', 'the client application', "application '"],
      [
        new RegExp(`for app '(${ID})'`, 'i'),
        new RegExp(`identifier '(${ID})'`, 'i'),
        /client application '?([0-9a-f-]{36})/i,
        /application '([0-9a-f-]{36})'/i,
      ],
    ) ??
    first(
      finder,
      ['client_id', 'clientid', 'client-id', 'client app id'],
      [/client(?:[_-]?| app )id["']?\s?[=:]\s?["']?([0-9a-f]{8}-[0-9a-f-]{27})/i],
    );
  const resource = first(
    finder,
    ['resource principal named', 'resource value from request', 'access a service '],
    [
      /resource principal named '?([^\s']{1,200})/i,
      /resource value from request: '?([^\s']{1,200}[^\s'.])/i,
      /access a service '([^']{1,100})'/i,
    ],
  );
  const tenant =
    first(
      finder,
      ['in the directory', "tenant '", 'tenant identifier', 'in the tenant'],
      [
        // The quoted name may be a display name. No command accepts a display name.
        /in the directory '([0-9a-f]{8}-[0-9a-f-]{27}|[\w-]{1,63}(?:\.[\w-]{1,63}){1,6})'/i,
        /tenant '([^']{1,100})' not found/i,
        /tenant identifier '([^']{1,100})'/i,
        /in the tenant(?: named)? '?([0-9a-f-]{36})/i,
      ],
    ) ?? first(finder, SIGN_IN_HOSTS, [/login\.[\w.]{5,40}\/([0-9a-f]{8}-[0-9a-f-]{27})/i]);
  const address =
    saslUser ??
    first(
      finder,
      ['user=', 'user:', 'user1', 'username', 'login=', 'mailbox', 'login '],
      [
        /\buser(?:name)?1?["']?\s?[=:]\s?["'<]?([\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6})/i,
        /\bmailbox["']?\s?[=:]?\s?["'<]?([\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6})/i,
        /\blogin["']?\s?[=:]?\s?["'<]?([\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6})/i,
      ],
    );
  return present({
    clientId: clientIdOf(readable(clientId, shownAppId), finder),
    tenant: readable(tenant, shownId),
    resource: readable(resource, shownResource),
    address: address !== undefined && isMailboxAddress(address) ? address : undefined,
    cloud: cloudIn(finder),
    ...endpointIn(finder),
  });
}

const MAIL_HINTS: readonly string[] = [
  'outlook.',
  ...MAIL_PORTS.map((port) => `:${port}`),
  ...PROTOCOL_IDS,
  'pop',
  'port',
];
const MOST_LINES = 30;
const CERTIFICATE_LINE = /(?:^|\s)(?:subject|issuer)=|(?:^|\s)[si]:\s?\/?(?:C|CN|O)\s?=/;

/**
 * Returns the national cloud that the text names. Undefined if it names none, or also names the authority of the global
 * cloud. A cloud's own hosts are checked before the authorities, which GCC High and DoD share. The clouds are checked
 * in reverse order, because the name of DoD's Graph host ends in that of GCC High.
 */
function cloudIn({ has }: Finder): Cloud | undefined {
  const national = CLOUD_NAMES.filter((cloud) => cloud !== 'global');
  if (has(hostOf(CLOUDS.global.authority))) return undefined;
  return (
    national.findLast((cloud) => ownHosts(CLOUDS[cloud]).some(has)) ??
    national.find((cloud) => signInHosts(CLOUDS[cloud]).some((host) => !isGlobal(host) && has(host)))
  );
}

function ownHosts({ graphEndpoint, resourceHosts }: CloudFacts): readonly string[] {
  return [hostOf(graphEndpoint), ...resourceHosts];
}

function isGlobal(host: string): boolean {
  return signInHosts(CLOUDS.global).includes(host);
}

/**
 * `…` stands for an id that must not be shown. Returns undefined for it, except if Entra reports that it does not know
 * this id. The report is then about the id, so the `…` stays.
 */
function clientIdOf(shown: string | undefined, { has }: Finder): string | undefined {
  return shown === UNSHOWN && !has('application with identifier') ? undefined : shown;
}

function readable(name: string | undefined, show: (value: string) => string): string | undefined {
  return name === undefined || MASKED.test(name) ? undefined : show(name.trim());
}

/**
 * Returns a mail host that the text names, preferably one with a port. If the host has no port, also returns a mail
 * port that the text names elsewhere. Hosts in certificates do not count.
 */
function endpointIn(finder: Finder): Pick<QuotedNames, 'host' | 'port'> {
  const lines = MAIL_HINTS.flatMap((hint) => finder.places(hint).slice(0, MOST_LINES))
    .map(({ line }) => line)
    .filter((line) => !CERTIFICATE_LINE.test(line));
  const named = [...new Set(lines)].flatMap(hostsIn).filter(({ role }) => role === 'mail');
  const best = named.find(({ port }) => port !== undefined) ?? named[0];
  const port = best?.port ?? lines.flatMap(portsIn).find(isMailPort);
  return { ...(best === undefined ? {} : { host: best.host }), ...(port === undefined ? {} : { port }) };
}

/**
 * Returns the protocol of which the text holds the most words and ports. Undefined if there are none, or if two
 * protocols have equally many.
 */
export function protocolIn(finder: Finder): Protocol | undefined {
  const counts = PROTOCOL_IDS.map((protocol) => {
    const { implicit } = factsOf(protocol).ports;
    const hints = [...DIALECTS[protocol].hints, `:${implicit}`, ` ${implicit}`];
    return { protocol, count: hints.filter(finder.has).length };
  }).toSorted((one, other) => other.count - one.count);
  const [first, second] = counts;
  return first === undefined || first.count === (second?.count ?? 0) ? undefined : first.protocol;
}

function first(finder: Finder, hints: readonly string[], patterns: readonly RegExp[]): string | undefined {
  for (const pattern of patterns) {
    const line = finder.find(hints, pattern)?.line;
    const value = line === undefined ? undefined : pattern.exec(line)?.[1];
    if (value !== undefined) return value;
  }
  return undefined;
}

function present(all: { readonly [Name in keyof QuotedNames]: QuotedNames[Name] | undefined }): QuotedNames {
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
