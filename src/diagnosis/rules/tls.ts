/** TLS itself fails: a handshake fails, or only one of the two sides uses TLS. */
import { eachProtocol, factsOf, isImplicitPort, PROTOCOL_IDS, type TlsMode } from '../../model/protocol.ts';
import { stageOf } from '../../model/evidence.ts';
import { handshakeCommand } from '../fix/shell.ts';
import { say, shell } from '../fix/step.ts';
import { endpointsOf, type Names } from '../names.ts';
import { byNetwork, type Fit } from '../network-finding.ts';
import { REFERENCES } from '../references.ts';
import type { Rule, RuleTable } from '../rule.ts';
import type { CaseFacts } from '../case-facts.ts';
import { BROKEN_OFF, CUT_OFF, isPlainText, type NetworkFailure } from '../failures.ts';
import { aboutMail, either, hasPhrase, hasWorked } from '../when.ts';

const IMPLICIT = eachProtocol(({ ports }) => ports.implicit);
const STARTTLS = eachProtocol(({ ports }) => ports.starttls);

/** Applies if the server refused STARTTLS because TLS is already active. */
const refusedStartTls: Rule['when'] = (facts) =>
  hasPhrase(facts, 'starttls-refused')
    ? aboutMail('likely', { position: 'tls-mode-mismatch: starttls' })
    : undefined;

function tlsModeFor({ protocol, endpoints: [{ host, port, called, tls }] }: Names): string {
  if (port === 443)
    return `${host} uses TLS on port 443: a plain-text answer there comes from a proxy or gateway on the path. Check how this machine is meant to reach the internet.`;
  if (port === 25 || port === 587)
    return `Port ${port} begins in plain text: set the program to STARTTLS, not to implicit TLS (TLS from the first byte).`;
  if (tls !== undefined && usualModeOf(port) === undefined) {
    const other = tls === 'implicit' ? 'starttls' : 'implicit';
    return `mailprobe uses tls: ${tls} at port ${port}. If the server expects the other mode, set tls: ${other}. Microsoft 365 uses port ${factsOf(protocol).ports.implicit} for ${factsOf(protocol).name}, with tls: implicit.`;
  }
  // If a pasted text does not name the port, the port might also be 143 or 110.
  if (called === undefined && isImplicitPort(port))
    return `Port ${port} uses implicit TLS (TLS from the first byte): set the program to that (mailprobe: tls: implicit), not to STARTTLS. If the program already does so, something on the path answers in plain text: a proxy or a mail scanner.`;
  return `Use port ${factsOf(protocol).ports.implicit} with implicit TLS (mailprobe: tls: implicit), not with STARTTLS.`;
}

/**
 * Applies if the configured TLS mode is not the usual one of the port, and the failure fits the other mode.
 * With STARTTLS on a port for implicit TLS, both sides wait: the client for a greeting, the server for TLS. With
 * implicit TLS on a port for STARTTLS, the server cuts off the handshake. On a port without a usual mode, either mode
 * may be right.
 */
function chosenMode(failedLeg: NetworkFailure, facts: CaseFacts): Fit | undefined {
  const mode = facts.context.target?.endpoint.tls ?? stageOf(facts.evidence, 'tls')?.facts.mode;
  const usual = usualModeOf(facts.names.port);
  if (mode === undefined || mode === usual) return undefined;
  if (mode === 'starttls' && usual === 'implicit')
    return { confidence: 'likely', position: 'tls-mode-mismatch: starttls' };
  if (!BROKEN_OFF.has(failedLeg.failure.kind)) return undefined;
  if (mode === 'starttls') {
    if (failedLeg.at !== 'greeting') return undefined;
    // If the target worked before in this mode, the mode is right.
    return hasWorked(facts)
      ? { confidence: 'possible' }
      : { confidence: 'likely', position: 'tls-mode-mismatch: starttls' };
  }
  return failedLeg.at === 'tls' ? { confidence: 'possible' } : undefined;
}

function usualModeOf(port: number): TlsMode | undefined {
  if (isImplicitPort(port)) return 'implicit';
  return PROTOCOL_IDS.some((protocol) => factsOf(protocol).ports.starttls === port) ? 'starttls' : undefined;
}

/** The hosts for old TLS versions: `pop-legacy.office365.com`, `imap-legacy.partner.outlook.cn`. */
const LEGACY_HOST = /^(?:pop|imap)-legacy\.(?:office365\.com|partner\.outlook\.cn)$/i;

export const TLS_RULES = {
  'tls-mode-mismatch': {
    title: (names) => `At ${endpointsOf(names)}, one side uses TLS and the other plain text`,
    owner: 'operator',
    scope: 'endpoint',
    guideStep: 5,
    references: [REFERENCES.popImapSettings],
    symptom: `WRONG_VERSION_NUMBER, "Unsupported or unrecognized SSL message", "first record does not look like a TLS handshake": TLS from the first byte on a port that begins in plain text (${eachProtocol(({ ports }) => ports.starttls, ',')}, 587), or STARTTLS on ${eachProtocol(({ ports }) => ports.implicit, 'or')}, where the greeting then never arrives.`,
    test: () => `${IMPLICIT} need implicit TLS (from the first byte); ${STARTTLS} need STARTTLS or STLS.`,
    lookAlikes: ['wrong-port', 'proxy-failure', 'tls-handshake-failure'],
    when: either(
      refusedStartTls,
      byNetwork((failedLeg, facts) => {
        if (isPlainText(failedLeg)) return { confidence: 'likely' };
        // A pasted text does not show the TLS mode. With the wrong mode, it can happen that both sides wait: the client
        // for a greeting in plain text, the server for TLS.
        if (facts.pasted && failedLeg.at === 'greeting' && failedLeg.failure.kind === 'timeout')
          return { confidence: 'possible' };
        if (failedLeg.failure.code === 'starttls-not-offered') return { confidence: 'likely' };
        return failedLeg.about === 'mail' && failedLeg.at !== 'dns' && failedLeg.at !== 'connect'
          ? chosenMode(failedLeg, facts)
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
    references: [REFERENCES.tlsPrep, REFERENCES.legacyTls],
    symptom:
      'A TLS alert (protocol_version, handshake_failure), a reset or no answer during the handshake. The program does not support TLS 1.2, or a device on the path cuts the connection.',
    test: (names) =>
      `${handshakeCommand(names.endpoints[0], '-tls1_2')} from this machine: if it works, the program's TLS is too old; if it fails too, a device on the path cuts the connection.`,
    lookAlikes: ['tls-mode-mismatch', 'tcp-blocked', 'tls-interception'],
    when: byNetwork((failedLeg) => {
      // In TLS 1.3, the handshake is complete for the client before the server can refuse it (for a missing
      // certificate, for example). The failure then occurs at the greeting.
      if (failedLeg.at === 'greeting' && failedLeg.failure.kind === 'tls') return { confidence: 'likely' };
      if (failedLeg.at !== 'tls') return undefined;
      if (isPlainText(failedLeg)) return { confidence: 'possible' };
      if (failedLeg.failure.kind === 'timeout') return { confidence: 'possible' };
      if (CUT_OFF.has(failedLeg.failure.kind)) return { confidence: 'possible' };
      return ['tls', 'reset', 'closed', 'protocol'].includes(failedLeg.failure.kind)
        ? { confidence: 'likely' }
        : undefined;
    }),
    fix: ({ endpoints: [first], exchangeHost }) => [
      ...(LEGACY_HOST.test(first.host)
        ? [
            say(
              `${first.host} is an endpoint for TLS 1.0 and 1.1, which Exchange Online retires for POP3 and IMAP between 1 July and 31 December 2026 (message center MC1293480): connect to ${exchangeHost} with TLS 1.2 or later.`,
            ),
          ]
        : []),
      shell('Try the handshake from this machine.', handshakeCommand(first, '-tls1_2')),
      say(
        "Update the program's runtime to one that supports TLS 1.2 or later, or have the device on the path let the connection through. Exchange Online ends TLS 1.0 and 1.1 for POP3 and IMAP between 1 July and 31 December 2026 (message center MC1293480), and with them pop-legacy.office365.com and imap-legacy.office365.com.",
      ),
    ],
    takesEffect: 'With the next probe.',
  },
} satisfies RuleTable;
