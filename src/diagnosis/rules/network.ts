/** DNS, proxies, and the network of this machine. */
import { eachProtocol } from '../../model/protocol.ts';
import { curl, handshakeCommand, lookupCommand, quoteShell } from '../fix/shell.ts';
import { say, shell } from '../fix/step.ts';
import type { FixStep } from '../../model/diagnosis.ts';
import { endpointsOf, hostsOf, type Names } from '../names.ts';
import { byNetwork } from '../network-finding.ts';
import { REFERENCES } from '../references.ts';
import type { Finding, RuleTable } from '../rule.ts';
import { configuredProxy, PROXY_TITLES, proxyAtLogin } from '../configured-proxy.ts';
import type { CaseFacts } from '../case-facts.ts';
import { BROKEN_OFF, isCut, isPlainText, type NetworkFailure } from '../failures.ts';
import { either } from '../when.ts';

/** Whether neither the token host nor the mail host was reached. */
function bothLegsCut(facts: CaseFacts): boolean {
  const legs = new Set(facts.network.filter(isUnreached).map((failedLeg) => failedLeg.about));
  return legs.has('mail') && (legs.has('token') || legs.has('refresh'));
}

/** Whether the connection reached nothing: neither the host nor, if one is configured, the proxy. */
function isUnreached(failedLeg: NetworkFailure): boolean {
  if (failedLeg.proxy === undefined) return failedLeg.at === 'dns' || isCut(failedLeg);
  return failedLeg.proxy === 'unreached' && failedLeg.failure.code !== 'ECONNREFUSED';
}

/** The finding if the failures of all hosts together prove the cause. The evidence of a single target adds nothing. */
export const OWN_NETWORK_DOWN: Finding = {
  confidence: 'certain',
  about: 'network',
  because: ['All token hosts and mail hosts fail before any server answers.'],
};

function ownNetworkDown(facts: CaseFacts): Finding | undefined {
  if (facts.network.length === 0) return undefined;
  if (facts.context.ownNetwork === 'down') return OWN_NETWORK_DOWN;
  if (facts.context.ownNetwork === 'unknown' && bothLegsCut(facts)) {
    const isProxied = facts.network.some(({ proxy }) => proxy !== undefined);
    return {
      // A proxy that is down causes the same failures.
      confidence: isProxied ? 'possible' : 'likely',
      about: 'network',
      because: [
        isProxied
          ? 'The proxy could not be reached.'
          : 'Neither the token host nor the mail host could be reached.',
      ],
    };
  }
  return undefined;
}

function lookupCommands({ endpoints }: Names): string {
  return [...new Set(endpoints.map(lookupCommand))].join('\n');
}

/** Returns one test for each host behind the configured proxy. */
function proxyTests({ mailHost, tokenHost }: Names): readonly FixStep[] {
  const behind = [mailHost, tokenHost].filter(({ proxy }) => proxy !== undefined);
  if (behind.length === 0) return [];
  return [
    shell(
      'Try it from this machine, through the proxy.',
      behind.map((endpoint) => handshakeCommand(endpoint)).join('\n'),
    ),
  ];
}

export const NETWORK_RULES = {
  'own-network-down': {
    title: () =>
      'This machine has no network connection: neither the token host nor any mail host can be reached',
    owner: 'network-admin',
    scope: 'prober',
    references: [REFERENCES.endpoints],
    symptom:
      'Every probe fails at the name lookup or the connection, for the token host too, before any server answers. The mailboxes themselves may be fine.',
    test: () => 'Try to reach any other internet host from the same machine.',
    lookAlikes: ['dns-failure', 'tcp-blocked'],
    when: ownNetworkDown,
    fix: (names) => [
      shell(
        'Test the name lookup and the connection from this machine.',
        `${lookupCommands(names)}\n${curl(names.tokenHost, '-sS', '-o /dev/null', "-w '%{http_code}\\n'")} ${quoteShell(names.authority)}`,
      ),
      say(
        "Check this machine's network, DNS resolver, default route, firewall and proxy. Until the network is back, the mailboxes are unknown, not down.",
      ),
    ],
    takesEffect: 'With the next probe.',
  },
  'dns-failure': {
    ofHost: true,
    title: (names) => `This machine finds no address for ${hostsOf(names)}`,
    owner: 'network-admin',
    scope: 'endpoint',
    references: [REFERENCES.endpoints],
    symptom:
      'ENOTFOUND, EAI_AGAIN, "Name or service not known", "Temporary failure in name resolution", "No such host is known". login.microsoftonline.com alone may fail if the resolver cannot receive its large answer over TCP.',
    test: (names) =>
      `getent hosts ${names.endpoints[0].host} on this machine; then look up the same name with another resolver.`,
    lookAlikes: ['own-network-down'],
    when: byNetwork((failedLeg) =>
      failedLeg.failure.kind === 'dns' || failedLeg.at === 'dns'
        ? {
            confidence: 'likely',
            ...(failedLeg.proxy === undefined ? {} : { ofProxy: true }),
            ...(failedLeg.signs.has('blank-behind-host')
              ? {
                  detail: 'blank-behind-host',
                  because: ['There is a space between the host name and the port.'],
                }
              : {}),
          }
        : undefined,
    ),
    fix: (names, detail) => [
      ...(detail === 'blank-behind-host'
        ? [
            say(
              'Remove the space after the configured host name. The program looks up the name with the space, so a lookup of the name without it succeeds and proves nothing.',
            ),
          ]
        : []),
      shell("Query the system's resolver.", lookupCommands(names)),
      say(
        'Check the spelling of the configured host. If the name is right, fix the resolver. It must also answer over TCP, because the answer for login.microsoftonline.com is large. A container often needs another DNS server.',
      ),
    ],
    takesEffect: 'With the next probe.',
  },
  'proxy-failure': {
    title: (names, detail) =>
      PROXY_TITLES.get(detail)?.(names) ??
      `A proxy on the path to ${endpointsOf(names)} refuses the connection or answers instead of the server`,
    owner: 'network-admin',
    scope: 'endpoint',
    references: [REFERENCES.endpoints],
    symptom: `HTTP 407, 403 or an HTML page instead of the token endpoint's answer; or a refused CONNECT. A proxy that allows 443 does not automatically allow ${eachProtocol(({ ports }) => ports.implicit)}.`,
    test: ({ endpoints: [first] }) =>
      first.proxy === undefined
        ? "The answer's Server or Via header, or the page itself, names the proxy."
        : `${handshakeCommand(first)} goes through the proxy and fails in the same way. From another network, or from the proxy itself, ${first.endpoint} answers.`,
    lookAlikes: ['tls-interception', 'tcp-blocked', 'request-malformed'],
    when: either(
      byNetwork((failedLeg, facts) => {
        const configured = configuredProxy(failedLeg, facts);
        if (configured !== undefined) return configured;
        if (failedLeg.failure.kind === 'proxy' || failedLeg.failure.status === '407')
          return { confidence: 'certain' };
        // The token host uses HTTPS, so an answer without TLS comes from a proxy.
        if (failedLeg.about !== 'mail' && isPlainText(failedLeg)) return { confidence: 'likely' };
        const http = failedLeg.at === 'http';
        const status = facts.token?.facts.httpStatus ?? Number(failedLeg.failure.status);
        const mute =
          BROKEN_OFF.has(failedLeg.failure.kind) || failedLeg.failure.code === 'empty-token' || status >= 500;
        if (http && mute) return { confidence: 'possible' };
        if (http && !(status >= 500) && status !== 429) return { confidence: 'likely' };
        return failedLeg.at === 'greeting' && failedLeg.signs.has('http-page')
          ? { confidence: 'likely' }
          : undefined;
      }),
      proxyAtLogin,
    ),
    fix: (names, detail) => [
      ...proxyTests(names),
      ...(detail === 'untrusted'
        ? [
            say(
              'Let the program trust the authority that issued the certificate of the proxy (mailprobe: tls.ca_file), and name the proxy in its URL as the certificate does.',
            ),
          ]
        : []),
      ...(detail === 'wants-other-authentication'
        ? [
            say(
              'mailprobe authenticates to a proxy with a user and password (Basic) only. Have this machine exempted at the proxy, or run a local relay that supports the scheme of the proxy, such as cntlm, and configure the relay as the proxy.',
            ),
          ]
        : []),
      say(
        `Let the proxy allow this machine to connect to ${names.tokenHost.endpoint} and ${names.endpoint} (CONNECT), without authentication and without TLS inspection.`,
      ),
      say(
        'If it requires authentication, put user and password into the proxy URL, and the URL into an environment variable that the configuration refers to (${VAR}).',
      ),
    ],
    takesEffect: 'With the next probe.',
  },
} satisfies RuleTable;
