/**
 * The connection to a port is refused, dropped, left without an answer, or broken over IPv6, or the port belongs to
 * another protocol.
 */
import {
  eachProtocol,
  factsOf,
  isProtocol,
  perProtocol,
  PROTOCOL_IDS,
  type Protocol,
} from '../../model/protocol.ts';
import { stageOf } from '../../model/evidence.ts';
import type { FailureKind } from '../../model/failure.ts';
import { curl, handshakeCommand } from '../fix/shell.ts';
import { say, shell } from '../fix/step.ts';
import { isMicrosoftHost } from '../../model/microsoft365.ts';
import { endpointsOf, routeOf } from '../names.ts';
import { byNetwork, type Fit } from '../network-finding.ts';
import { isIpv6Address, otherAddresses } from '../other-addresses.ts';
import { REFERENCES } from '../references.ts';
import type { RuleTable } from '../rule.ts';
import type { CaseFacts } from '../case-facts.ts';
import { BROKEN_OFF, CUT_OFF, isCut, type NetworkFailure } from '../failures.ts';
import { whenLoginRefused, either, failsAlways, hasWorked, hasPhrase } from '../when.ts';

/** Protocols whose greeting shows that the port belongs to them. */
const GREETERS: readonly (Protocol | 'smtp')[] = [...PROTOCOL_IDS, 'smtp'];
/** The beginning of a finding's detail. The detail ends with the protocol of the port. */
const PORT_FOR = 'the-port-for-';

function nameOf(greeter: string): string {
  return isProtocol(greeter) ? factsOf(greeter).name : greeter.toUpperCase();
}

const CUT_DETAIL: Readonly<Partial<Record<FailureKind, { readonly detail: string }>>> = {
  refused: { detail: 'refused' },
  unreachable: { detail: 'no-route' },
  reset: { detail: 'reset' },
};

function isIpv6(facts: CaseFacts, failedLeg: NetworkFailure): boolean {
  const address = failedLeg.about === 'mail' ? stageOf(facts.evidence, 'connect')?.facts.address : undefined;
  return address === undefined ? failedLeg.signs.has('ipv6-only') : isIpv6Address(address);
}

/**
 * Returns what other addresses of the mail host show. Undefined for a token host, because no other addresses of it are
 * tried.
 */
function othersOf(facts: CaseFacts, failedLeg: NetworkFailure): ReturnType<typeof otherAddresses> {
  return failedLeg.about === 'mail' ? otherAddresses(facts) : undefined;
}

/** A pasted text might be about sending, for which an SMTP port is not wrong. */
const SMTP_PORTS = [25, 465, 587] as const;
const USUAL_PORTS: Readonly<Record<Protocol, ReadonlySet<number>>> = perProtocol(
  (protocol) => new Set([...Object.values(factsOf(protocol).ports), ...SMTP_PORTS]),
);

const GREETING_PROTOCOLS = [...PROTOCOL_IDS, 'smtp'] as const;

/**
 * Makes the finding for a connection that stays silent. If TLS is complete and the target worked before, a faulty
 * server is more likely than a firewall.
 */
function silentAfter(at: NetworkFailure['at'], facts: CaseFacts): Fit {
  const reached = at === 'greeting' && stageOf(facts.evidence, 'tls')?.outcome === 'ok' && hasWorked(facts);
  return {
    confidence: reached ? 'possible' : 'likely',
    ...(at === 'greeting' ? { position: 'tcp-blocked: at the greeting' } : {}),
    detail: 'accepted-then-silent',
  };
}

function greetsAsOther({ mail, names }: CaseFacts): boolean {
  return GREETING_PROTOCOLS.some(
    (protocol) => protocol !== names.protocol && mail?.signs.has(`greeting-of-${protocol}`) === true,
  );
}

/**
 * Kinds of failure at the greeting that fit a wrong port. The answer is of another protocol, or the server waits for
 * the client to begin.
 */
const UNEXPECTED_GREETING: ReadonlySet<FailureKind> = new Set(['protocol', 'timeout', 'tls']);

export const ROUTE_RULES = {
  'tcp-blocked': {
    title: (names, detail) => {
      const to = `${endpointsOf(names)}${routeOf(names)}`;
      if (detail === 'refused') {
        const own = names.endpoints.every(({ host }) => isMicrosoftHost(host));
        return `The connection to ${to} is refused: ${own ? 'a firewall on the path answers instead' : 'nothing listens there, or a firewall on the path answers instead'}`;
      }
      if (detail === 'reset') return `The connection to ${to} is reset as soon as it is opened`;
      if (detail === 'no-route') return `This machine has no route to ${to}`;
      if (detail === 'accepted-then-silent')
        return `The connection to ${to} is accepted, but the server never sends anything`;
      if (detail === 'one-address')
        return `One address of ${to} cannot be connected to, while others accept a connection`;
      if (detail === 'closed-at-once')
        return `The connection to ${to} is accepted, but closed before anything is sent`;
      return `No connection gets through to ${to}: a firewall on the path drops it`;
    },
    owner: 'network-admin',
    scope: 'endpoint',
    references: [REFERENCES.endpoints],
    symptom:
      "ETIMEDOUT or ECONNREFUSED when connecting. Microsoft's hosts do not refuse connections: a firewall rejects or drops them, most often because only port 443 is open. Or the connection opens, but the server never sends anything or closes it at once: a device on the path holds it or cuts it.",
    test: ({ endpoints: [first] }) =>
      first.port === 443
        ? `curl -v https://${first.host}/ from another machine: if it works there, this machine's network blocks it.`
        : `${curl(first, '-v')} https://${first.host}/ from the same machine: if 443 works while ${first.port} does not, the port is blocked.`,
    lookAlikes: ['own-network-down', 'ipv6-path', 'wrong-port', 'exchange-transient'],
    when: byNetwork((failedLeg, facts) => {
      const { at, failure, proxy } = failedLeg;
      // A firewall behind the configured proxy might block the port, but the proxy is the first suspect.
      if (proxy === 'silent' || proxy === 'unable') return { confidence: 'possible' };
      if (proxy === 'opened' && at === 'tls' && BROKEN_OFF.has(failure.kind))
        return {
          confidence: 'possible',
          detail: failure.kind === 'timeout' ? 'accepted-then-silent' : 'reset',
        };
      if (isCut(failedLeg)) {
        const others = othersOf(facts, failedLeg);
        if (others?.shows === 'one-address')
          return { confidence: 'likely', detail: 'one-address', because: others.because };
        const confidence = isIpv6(facts, failedLeg) ? 'possible' : 'likely';
        return { confidence, ...CUT_DETAIL[failure.kind] };
      }
      // A device on the path can accept the connection and stay silent, or cut the connection when it sees TLS.
      if (failure.kind === 'timeout' && (at === 'tls' || at === 'greeting')) return silentAfter(at, facts);
      // A reset may arrive at any point of the handshake. Node may report it as a close, because an EPIPE hides the
      // error.
      if (at === 'tls' && CUT_OFF.has(failure.kind)) return { confidence: 'likely', detail: 'reset' };
      // If the target worked before, a connection that is closed at the greeting is more likely a temporary fault.
      // Another rule reports that.
      return at === 'greeting' && CUT_OFF.has(failure.kind) && !hasWorked(facts)
        ? {
            confidence: 'possible',
            detail: 'closed-at-once',
            ...(failsAlways(facts) ? {} : { position: 'tcp-blocked: at the greeting' }),
          }
        : undefined;
    }),
    fix: (names, detail) => [
      ...(detail === 'one-address'
        ? [
            say(
              'The evidence names the address. Firewall rules that list addresses must contain all ranges of the host: Microsoft publishes and changes them. If no rule is missing, that server of the host is down, and there is nothing to do.',
            ),
          ]
        : []),
      shell(
        'Try it from this machine.',
        names.endpoints.map((endpoint) => handshakeCommand(endpoint)).join('\n'),
      ),
      say(
        `${names.endpoints.map(({ host, port, proxy }) => `Open outgoing TCP ${port} to ${host} for ${proxy === undefined ? 'this machine' : `the proxy ${proxy.name}`}.`).join(' ')} Check the firewalls, proxies and gateways on the path. Hosting companies often block mail ports: ask them.`,
      ),
    ],
    takesEffect: 'With the next probe.',
  },
  'ipv6-path': {
    title: (names) => `The IPv6 path to ${endpointsOf(names)} is broken`,
    owner: 'network-admin',
    scope: 'endpoint',
    references: [REFERENCES.endpoints],
    symptom:
      'ENETUNREACH or a timeout at an IPv6 address (with colons), while IPv4 works: the machine has an IPv6 address without a route.',
    test: ({ endpoints: [first] }) =>
      `${handshakeCommand(first, '-4')} gets through, and with -6 it does not.`,
    lookAlikes: ['tcp-blocked', 'own-network-down'],
    when: either(
      byNetwork((failedLeg, facts) => {
        if (!isCut(failedLeg) || !isIpv6(facts, failedLeg)) return undefined;
        const others = othersOf(facts, failedLeg);
        if (others?.shows === 'ipv4-works') return { confidence: 'likely', because: others.because };
        // `unreachable` usually means that there is no route over IPv6. A timeout might also be the fault of the port.
        return { confidence: failedLeg.failure.kind === 'unreachable' ? 'likely' : 'possible' };
      }),
      whenLoginRefused('ipv6-path'),
    ),
    fix: ({ endpoints: [first] }) => [
      shell('Compare IPv4 with IPv6.', `${handshakeCommand(first, '-4')}\n${handshakeCommand(first, '-6')}`),
      say('Give the machine a working IPv6 route, or remove its global IPv6 address.'),
    ],
    takesEffect: 'With the next probe.',
  },
  'wrong-port': {
    title: (names, detail) =>
      detail?.startsWith(PORT_FOR) === true
        ? `The port that was used for ${names.protocolName} is the one for ${nameOf(detail.slice(PORT_FOR.length))}`
        : `Port ${names.port} of ${names.host} is not the ${names.protocolName} port`,
    owner: 'operator',
    scope: 'endpoint',
    guideStep: 5,
    references: [REFERENCES.popImapSettings],
    symptom:
      'A greeting of another protocol (+OK to an IMAP client, * OK to a POP3 client, 220 from SMTP), or no answer at a port that is not one of the usual ones.',
    test: ({ endpoints: [{ called, port }] }) =>
      `${eachProtocol(({ name, ports }) => `${name} is ${ports.implicit}`, ',')}, with implicit TLS${called === undefined ? `; the port in use is ${port}` : ''}.`,
    lookAlikes: ['tls-mode-mismatch', 'tcp-blocked'],
    mailOnly: true,
    when: (facts) => {
      const greeted = GREETERS.find((greeter) => hasPhrase(facts, `wrong-greeting-of-${greeter}`));
      if (greeted !== undefined)
        return { confidence: 'likely', about: 'mail', detail: `${PORT_FOR}${greeted}` };
      if (facts.mail?.stage === 'greeting' && greetsAsOther(facts))
        return { confidence: 'certain', about: 'mail' };
      const unusual = !USUAL_PORTS[facts.names.protocol].has(facts.names.port);
      return byNetwork((failedLeg) =>
        unusual &&
        failedLeg.about === 'mail' &&
        (isCut(failedLeg) || (failedLeg.at === 'greeting' && UNEXPECTED_GREETING.has(failedLeg.failure.kind)))
          ? { confidence: 'possible' }
          : undefined,
      )(facts);
    },
    fix: (names) => [
      say(
        `Use port ${factsOf(names.protocol).ports.implicit} for ${names.protocolName}, with implicit TLS (TLS from the first byte).`,
      ),
    ],
    takesEffect: 'At once.',
  },
} satisfies RuleTable;
