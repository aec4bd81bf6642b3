/** Names, proxies, and this machine's own network. */
import { eachProtocol } from '../../model/protocol.ts';
import { quoteShell } from '../fix/shell.ts';
import { say, shell } from '../fix/step.ts';
import { endpointsOf, hostsOf, type Names } from '../names.ts';
import { byNetwork } from '../network-finding.ts';
import { REFERENCES } from '../references.ts';
import type { Finding, RuleTable } from '../rule.ts';
import type { CaseFacts } from '../case-facts.ts';
import { BROKEN_OFF, isCut, isPlainText } from '../failures.ts';

/** Nobody has spoken to us: neither the token host nor the mail host. */
function bothLegsCut(facts: CaseFacts): boolean {
  const legs = new Set(
    facts.network.filter((trouble) => trouble.at === 'dns' || isCut(trouble)).map((trouble) => trouble.about),
  );
  return legs.has('mail') && (legs.has('token') || legs.has('refresh'));
}

/** All hosts together show it, so one target's own evidence adds nothing. */
export const CUT_OFF: Finding = {
  confidence: 'certain',
  about: 'network',
  because: ['Token hosts and mail hosts all fail before any server has spoken.'],
};

function ownNetworkDown(facts: CaseFacts): Finding | undefined {
  if (facts.network.length === 0) return undefined;
  if (facts.context.ownNetwork === 'down') return CUT_OFF;
  if (facts.context.ownNetwork === 'unknown' && bothLegsCut(facts)) {
    return {
      confidence: 'likely',
      about: 'network',
      because: ['Neither the token host nor the mail host could be reached.'],
    };
  }
  return undefined;
}

function lookUpNames({ places }: Names): string {
  return places.map(({ host }) => `getent hosts ${quoteShell(host)}`).join('\n');
}

export const NETWORK_RULES = {
  'own-network-down': {
    title: () => 'This machine is cut off: neither the token host nor any mail host can be reached',
    owner: 'network-admin',
    scope: 'prober',
    references: [REFERENCES.endpoints],
    symptom:
      'Every look fails at the name or at the connection, the token host too, before any server has spoken. The mailboxes themselves may be well.',
    test: () => 'Reach anything else on the internet from the same machine.',
    lookAlikes: ['dns-failure', 'tcp-blocked'],
    when: ownNetworkDown,
    fix: (names) => [
      shell(
        'Test from this machine: the name, then the connection.',
        `${lookUpNames(names)}\ncurl -sS -o /dev/null -w '%{http_code}\\n' ${quoteShell(names.authority)}`,
      ),
      say(
        "Look at this machine's network, DNS resolver, default route, firewall and proxy. The mailboxes are unknown until it is back, not down.",
      ),
    ],
    takesEffect: 'With the next look.',
  },
  'dns-failure': {
    ofHost: true,
    title: (names) => `No address is found on this machine for ${hostsOf(names)}`,
    owner: 'network-admin',
    scope: 'endpoint',
    references: [REFERENCES.endpoints],
    symptom:
      'ENOTFOUND, EAI_AGAIN, "Name or service not known", "Temporary failure in name resolution", "No such host is known". login.microsoftonline.com alone may fail where the resolver cannot handle its large answer over TCP.',
    test: (names) =>
      `getent hosts ${names.places[0].host} on this machine; then the same name at another resolver.`,
    lookAlikes: ['own-network-down'],
    when: byNetwork((trouble) =>
      trouble.failure.kind === 'dns' || trouble.at === 'dns' ? { confidence: 'likely' } : undefined,
    ),
    fix: (names) => [
      shell("Ask the system's resolver.", lookUpNames(names)),
      say(
        'Check the spelling of the configured host. If the name is right, mend the resolver: it must answer over TCP as well, since the reply for login.microsoftonline.com is large; containers often need another DNS server.',
      ),
    ],
    takesEffect: 'With the next look.',
  },
  'proxy-failure': {
    title: (names) =>
      `A proxy on the way to ${endpointsOf(names)} refuses the connection or answers in the server's place`,
    owner: 'network-admin',
    scope: 'endpoint',
    references: [REFERENCES.endpoints],
    symptom: `HTTP 407, 403 or a page of HTML where the token endpoint should answer; a CONNECT that is refused. A proxy that passes 443 does not pass ${eachProtocol(({ ports }) => ports.implicit)} by itself.`,
    test: () => "The answer's Server or Via header, or the page itself, names the proxy.",
    lookAlikes: ['tls-interception', 'tcp-blocked', 'request-malformed'],
    when: byNetwork((trouble, facts) => {
      if (trouble.failure.kind === 'proxy' || trouble.failure.status === '407')
        return { confidence: 'certain' };
      // The token host is asked over https: what is no TLS there is a proxy's.
      if (trouble.about !== 'mail' && isPlainText(trouble)) return { confidence: 'likely' };
      const http = trouble.at === 'http';
      const status = facts.token?.facts.httpStatus ?? Number(trouble.failure.status);
      const mute =
        BROKEN_OFF.has(trouble.failure.kind) || trouble.failure.code === 'empty-token' || status >= 500;
      if (http && mute) return { confidence: 'possible' };
      if (http && !(status >= 500) && status !== 429) return { confidence: 'likely' };
      return trouble.at === 'greeting' && trouble.signs.has('http-page')
        ? { confidence: 'likely' }
        : undefined;
    }),
    fix: (names) => [
      say(
        `Let the proxy pass this machine to ${names.tokenHost.endpoint} and CONNECT to ${names.endpoint}, without signing in and without inspecting.`,
      ),
      say(
        'If it wants a sign-in, put user and password into the proxy URL, and the URL into a variable of the environment that the configuration names (${VAR}).',
      ),
    ],
    takesEffect: 'With the next look.',
  },
} satisfies RuleTable;
