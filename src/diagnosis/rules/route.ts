/** The way to a port: refused, dropped, held, over IPv6 only, or the port of another protocol. */
import { eachProtocol, factsOf, perProtocol, PROTOCOL_IDS, type Protocol } from '../../model/protocol.ts';
import { stageOf, type FailureKind } from '../../model/evidence.ts';
import { handshakeCommand } from '../fix/shell.ts';
import { say, shell } from '../fix/step.ts';
import { isMicrosoftHost } from '../../model/microsoft365.ts';
import { endpointsOf } from '../names.ts';
import { byNetwork, type Fit } from '../network-finding.ts';
import { REFERENCES } from '../references.ts';
import type { RuleTable } from '../rule.ts';
import type { CaseFacts } from '../case-facts.ts';
import { CUT_OFF, isCut, type NetworkFailure } from '../failures.ts';
import { byRefusal, either, failsAlways, hasWorked, said } from '../when.ts';

const CUT_DETAIL: Readonly<Partial<Record<FailureKind, { readonly detail: string }>>> = {
  refused: { detail: 'refused' },
  unreachable: { detail: 'no-route' },
  reset: { detail: 'reset' },
};

function isIpv6(facts: CaseFacts, trouble: NetworkFailure): boolean {
  const address = trouble.about === 'mail' ? stageOf(facts.evidence, 'connect')?.facts.address : undefined;
  return address?.includes(':') ?? trouble.signs.has('ipv6-only');
}

/** A text may be about sending; that is no wrong port for reading. */
const SMTP_PORTS = [25, 465, 587] as const;
const USUAL_PORTS: Readonly<Record<Protocol, ReadonlySet<number>>> = perProtocol(
  (protocol) => new Set([...Object.values(factsOf(protocol).ports), ...SMTP_PORTS]),
);

const SPEAKERS = [...PROTOCOL_IDS, 'smtp'] as const;

/** With TLS complete, at a host that greeted before, a server that is ill is likelier than a firewall. */
function silentAfter(at: NetworkFailure['at'], facts: CaseFacts): Fit {
  const reached = at === 'greeting' && stageOf(facts.evidence, 'tls')?.outcome === 'ok' && hasWorked(facts);
  return {
    confidence: reached ? 'possible' : 'likely',
    ...(at === 'greeting' ? { place: 'tcp-blocked: at the greeting' } : {}),
    detail: 'accepted-then-silent',
  };
}

/** A greeting that another protocol speaks. */
function speaksOther({ mail, names }: CaseFacts): boolean {
  return SPEAKERS.some(
    (speaker) => speaker !== names.protocol && mail?.signs.has(`${speaker}-spoken`) === true,
  );
}

/** It said something that is none of the protocol, or waited for us to speak. */
const SPOKE_ODDLY: ReadonlySet<FailureKind> = new Set(['protocol', 'timeout', 'tls']);

export const ROUTE_RULES = {
  'tcp-blocked': {
    title: (names, detail) => {
      const to = endpointsOf(names);
      if (detail === 'refused') {
        const own = names.places.every(({ host }) => isMicrosoftHost(host));
        return `The connection to ${to} is refused: ${own ? 'a firewall on the way answers in its place' : 'nothing listens there, or a firewall on the way answers in its place'}`;
      }
      if (detail === 'reset') return `The connection to ${to} is cut off as soon as it is opened`;
      if (detail === 'no-route') return `This machine has no route to ${to}`;
      if (detail === 'accepted-then-silent')
        return `The connection to ${to} is taken, and then nothing is said`;
      if (detail === 'closed-at-once')
        return `The connection to ${to} is taken, and closed before anything is said`;
      return `No connection gets through to ${to}: a firewall on the way drops it`;
    },
    owner: 'network-admin',
    scope: 'endpoint',
    references: [REFERENCES.endpoints],
    symptom:
      "ETIMEDOUT or ECONNREFUSED at the connection. Microsoft's hosts do not refuse: a firewall rejects or drops, most often because only port 443 is open. Or the connection opens and nothing is ever said, or it is closed at once: a middlebox holds it.",
    test: ({ places: [{ host, port }] }) =>
      port === 443
        ? `curl -v https://${host}/ from another machine: if it works there, this machine's network blocks it.`
        : `curl -v https://${host}/ from the same machine: if 443 works while ${port} does not, the port is blocked.`,
    lookAlikes: ['own-network-down', 'ipv6-path', 'wrong-port', 'exchange-transient'],
    when: byNetwork((trouble, facts) => {
      const { at, failure } = trouble;
      if (isCut(trouble)) {
        const confidence = isIpv6(facts, trouble) ? 'possible' : 'likely';
        return { confidence, ...CUT_DETAIL[failure.kind] };
      }
      // Something takes the connection and holds it, or cuts it when it sees TLS.
      if (failure.kind === 'timeout' && (at === 'tls' || at === 'greeting')) return silentAfter(at, facts);
      // Where in the opening a reset lands is chance, and Node may tell it as a close (an EPIPE eats the error).
      if (at === 'tls' && CUT_OFF.has(failure.kind))
        return facts.pasted ? { confidence: 'possible' } : { confidence: 'likely', detail: 'reset' };
      // What has always been so is no passing fault.
      return at === 'greeting' && CUT_OFF.has(failure.kind) && !hasWorked(facts)
        ? {
            confidence: 'possible',
            detail: 'closed-at-once',
            ...(failsAlways(facts) ? {} : { place: 'tcp-blocked: at the greeting' }),
          }
        : undefined;
    }),
    fix: (names) => [
      shell('Try it from this machine.', names.places.map((place) => handshakeCommand(place)).join('\n')),
      say(
        `${names.places.map(({ host, port }) => `Open outgoing TCP ${port} to ${host} for this machine.`).join(' ')} Look for firewalls, proxies and gateways on the way; hosting companies often block mail ports: ask them.`,
      ),
    ],
    takesEffect: 'With the next look.',
  },
  'ipv6-path': {
    title: (names) => `The way to ${endpointsOf(names)} over IPv6 is broken`,
    owner: 'network-admin',
    scope: 'endpoint',
    references: [REFERENCES.endpoints],
    symptom:
      'ENETUNREACH or a time-out at an address with colons, while IPv4 works: the machine has an IPv6 address without a route.',
    test: ({ places: [place] }) =>
      `openssl s_client -4 -connect ${place.endpoint} gets through, and with -6 it does not.`,
    lookAlikes: ['tcp-blocked', 'own-network-down'],
    when: either(
      byNetwork((trouble, facts) =>
        // An address without a route is the machine's own word; silence may be of the port.
        isCut(trouble) && isIpv6(facts, trouble)
          ? { confidence: trouble.failure.kind === 'unreachable' ? 'likely' : 'possible' }
          : undefined,
      ),
      byRefusal('ipv6-path'),
    ),
    fix: ({ places: [place] }) => [
      shell('Compare the two.', `${handshakeCommand(place, '-4')}\n${handshakeCommand(place, '-6')}`),
      say('Give the machine a working IPv6 route, or take its global IPv6 address away.'),
    ],
    takesEffect: 'With the next look.',
  },
  'wrong-port': {
    title: (names, detail) =>
      detail?.startsWith('the-port-for-') === true
        ? `The port that was used for ${names.protocolName} is the one for ${detail.slice('the-port-for-'.length).toUpperCase()}`
        : `Port ${names.port} of ${names.host} does not speak ${names.protocolName}`,
    owner: 'operator',
    scope: 'endpoint',
    guideStep: 5,
    references: [REFERENCES.popImapSettings],
    symptom:
      'A greeting of another protocol (+OK to an IMAP client, * OK to a POP3 client, 220 from SMTP), or nothing on a port that is not one of the usual ones.',
    test: ({ places: [{ called, port }] }) =>
      `${eachProtocol(({ name, ports }) => `${name} is ${ports.implicit}`, ',')}, with TLS from the first byte${called === undefined ? `; here it is ${port}` : ''}.`,
    lookAlikes: ['tls-mode-mismatch', 'tcp-blocked'],
    mailOnly: true,
    when: (facts) => {
      const parsed = said(facts, 'pop-greeting-for-imap')
        ? 'the-port-for-pop3'
        : said(facts, 'imap-greeting-for-pop')
          ? 'the-port-for-imap'
          : said(facts, 'smtp-greeting')
            ? 'the-port-for-smtp'
            : undefined;
      if (parsed !== undefined) return { confidence: 'likely', about: 'mail', detail: parsed };
      if (facts.mail?.stage === 'greeting' && speaksOther(facts))
        return { confidence: 'certain', about: 'mail' };
      const odd = !USUAL_PORTS[facts.names.protocol].has(facts.names.port);
      return byNetwork((trouble) =>
        odd &&
        trouble.about === 'mail' &&
        (isCut(trouble) || (trouble.at === 'greeting' && SPOKE_ODDLY.has(trouble.failure.kind)))
          ? { confidence: 'possible' }
          : undefined,
      )(facts);
    },
    fix: (names) => [
      say(
        `Use port ${factsOf(names.protocol).ports.implicit} for ${names.protocolName} with TLS from the first byte.`,
      ),
    ],
    takesEffect: 'At once.',
  },
} satisfies RuleTable;
