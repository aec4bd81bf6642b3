/** TLS itself: handshakes that fail, and TLS where none is spoken. */
import { eachProtocol, factsOf, isImplicitPort } from '../../model/protocol.ts';
import { stageOf } from '../../model/evidence.ts';
import { handshakeCommand } from '../fix/shell.ts';
import { say, shell } from '../fix/step.ts';
import { endpointsOf, type Names } from '../names.ts';
import { byNetwork } from '../network-finding.ts';
import { REFERENCES } from '../references.ts';
import type { Rule, RuleTable } from '../rule.ts';
import { CUT_OFF, isPlainText } from '../failures.ts';
import { aboutMail, either, said } from '../when.ts';

const IMPLICIT = eachProtocol(({ ports }) => ports.implicit);
const STARTTLS = eachProtocol(({ ports }) => ports.starttls);

/** TLS was there already when it was asked for. */
const bySaid: Rule['when'] = (facts) =>
  said(facts, 'starttls-refused') ? aboutMail('likely', { place: 'tls-mode-mismatch: starttls' }) : undefined;

function tlsModeFor({ protocol, places: [{ host, port, called }] }: Names): string {
  if (port === 443)
    return `${host} speaks TLS on port 443: plain text there is the answer of a proxy or gateway on the way. See how this machine is meant to reach the internet.`;
  if (port === 25 || port === 587)
    return `Port ${port} begins in plain text: set the program to STARTTLS, not to TLS from the first byte.`;
  // What a text does not name may well be 143 or 110.
  if (called === undefined && isImplicitPort(port))
    return `Port ${port} speaks TLS from the first byte: set the program to that (mailprobe: tls: implicit), not to STARTTLS. If it is set so already, something on the way answers in plain text: a proxy, or a scanner of mail.`;
  return `Use port ${factsOf(protocol).ports.implicit} with TLS from the first byte (mailprobe: tls: implicit), not STARTTLS.`;
}

export const TLS_RULES = {
  'tls-mode-mismatch': {
    title: (names) => `At ${endpointsOf(names)}, one side speaks TLS and the other plain text`,
    owner: 'operator',
    scope: 'endpoint',
    guideStep: 5,
    references: [REFERENCES.popImapSettings],
    symptom: `WRONG_VERSION_NUMBER, "Unsupported or unrecognized SSL message", "first record does not look like a TLS handshake": TLS from the first byte on a port that begins in plain text (${eachProtocol(({ ports }) => ports.starttls, ',')}, 587), or STARTTLS on ${eachProtocol(({ ports }) => ports.implicit, 'or')}, where the greeting then never comes.`,
    test: () => `${IMPLICIT} want TLS from the first byte (implicit); ${STARTTLS} want STARTTLS or STLS.`,
    lookAlikes: ['wrong-port', 'proxy-failure', 'tls-handshake-failure'],
    when: either(
      bySaid,
      byNetwork((trouble, facts) => {
        if (isPlainText(trouble)) return { confidence: 'likely' };
        // Whose mode is not known may have waited in plain text for a server that waits for TLS.
        if (facts.pasted && trouble.at === 'greeting' && trouble.failure.kind === 'timeout')
          return { confidence: 'possible' };
        if (trouble.failure.code === 'starttls-not-offered') return { confidence: 'likely' };
        const mode = facts.context.target?.endpoint.tls ?? stageOf(facts.evidence, 'tls')?.facts.mode;
        const implicitPort = isImplicitPort(facts.names.port);
        return trouble.about === 'mail' &&
          mode === 'starttls' &&
          implicitPort &&
          trouble.at !== 'dns' &&
          trouble.at !== 'connect'
          ? { confidence: 'likely', place: 'tls-mode-mismatch: starttls' }
          : undefined;
      }),
    ),
    fix: (names) => [say(tlsModeFor(names))],
    takesEffect: 'At once.',
  },
  'tls-handshake-failure': {
    title: (names) => `The TLS handshake with ${endpointsOf(names)} fails`,
    owner: 'network-admin',
    scope: 'endpoint',
    references: [REFERENCES.tlsPrep],
    symptom:
      'An alert (protocol_version, handshake_failure), a reset or silence during the handshake. Programs older than TLS 1.2, or a middlebox that cuts.',
    test: (names) =>
      `openssl s_client -tls1_2 -connect ${names.places[0].endpoint} from this machine: if it works, the program's own TLS is too old; if it is cut too, a device on the way cuts.`,
    lookAlikes: ['tls-mode-mismatch', 'tcp-blocked', 'tls-interception'],
    when: byNetwork((trouble, facts) => {
      if (trouble.at !== 'tls') return undefined;
      if (isPlainText(trouble)) return { confidence: 'possible' };
      if (trouble.failure.kind === 'timeout') return { confidence: 'possible' };
      if (CUT_OFF.has(trouble.failure.kind) && !facts.pasted) return { confidence: 'possible' };
      return ['tls', 'reset', 'closed', 'protocol'].includes(trouble.failure.kind)
        ? { confidence: 'likely' }
        : undefined;
    }),
    fix: ({ places: [place] }) => [
      shell('Try the handshake by hand.', handshakeCommand(place, '-tls1_2')),
      say(
        "Bring the program's runtime up to TLS 1.2 or later, or have the device on the way let the connection pass.",
      ),
    ],
    takesEffect: 'With the next look.',
  },
} satisfies RuleTable;
