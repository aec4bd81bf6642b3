/** Exchange itself is at fault: throttling, a temporary fault, or an incident. */
import { say } from '../fix/step.ts';
import { REFERENCES } from '../references.ts';
import type { Finding, RuleTable } from '../rule.ts';
import type { CaseFacts } from '../case-facts.ts';
import { otherAddresses } from '../other-addresses.ts';
import { isLostElsewhere, speaksForAll } from '../situation.ts';
import { BROKEN_OFF, type MailFailure } from '../failures.ts';
import type { Peers } from '../../model/context.ts';
import type { Confidence } from '../../model/diagnosis.ts';
import { stageOf } from '../../model/evidence.ts';
import { aboutMail, whenLoginRefused, either, failsAlways, hasWorked, hasPhrase } from '../when.ts';

/**
 * Applies if the server might have a temporary fault: it did not answer, ended the connection, or reported a temporary
 * error.
 */
function temporaryFault(facts: CaseFacts): Finding | undefined {
  const { mail, context, names } = facts;
  if (mail === undefined) return undefined;
  const peersWork = context.endpoint.succeeded + context.siblings[names.protocol].succeeded > 0;
  // Before the login, the failure concerns the endpoint. At the login and later, it concerns the mailbox, or the app if
  // all mailboxes of the app fail.
  const beforeLogin = mail.stage === 'connect' || mail.stage === 'tls' || mail.stage === 'greeting';
  const ofApp = !beforeLogin && speaksForAll(context.siblings[names.protocol]);
  const scope = beforeLogin && !peersWork ? 'endpoint' : ofApp ? 'app' : undefined;
  const found = fault(facts, mail, peersWork);
  return found && { ...found, ...(scope === undefined ? {} : { scope }) };
}

function fault(facts: CaseFacts, mail: MailFailure, peersWork: boolean): Finding | undefined {
  const { kind } = mail.failure;
  if (hasPhrase(facts, 'server-unavailable')) {
    return aboutMail(failsAlways(facts) && mail.stage === 'auth' ? 'possible' : 'likely');
  }
  if (!facts.pasted && hasPhrase(facts, 'session-timeout')) return aboutMail('possible');
  if (hasPhrase(facts, 'session-token-expired')) return facts.pasted ? undefined : aboutMail('possible');
  if (hasPhrase(facts, 'temporary', 'session-invalidated')) return aboutMail('likely');
  if (
    hasPhrase(
      facts,
      'session-timeout',
      'throttled',
      'too-many-connections',
      'line-too-long',
      'pop-protocol-error',
    )
  )
    return undefined;
  const later = mail.stage === 'auth' || mail.stage === 'open';
  if (later && BROKEN_OFF.has(kind) && mail.phrases.size === 0) return aboutMail('likely');
  if (mail.stage === 'greeting' && kind === 'rejected') return aboutMail('likely');
  const cut =
    mail.stage === 'connect' || ((mail.stage === 'tls' || mail.stage === 'greeting') && BROKEN_OFF.has(kind));
  if (!cut || kind === 'proxy') return undefined;
  // This check comes before `peersWork`, because other mailboxes may have used another address of the host.
  const others = mail.stage === 'connect' ? otherAddresses(facts) : undefined;
  if (others !== undefined)
    return aboutMail(others.shows === 'one-address' ? 'likely' : 'possible', { because: others.because });
  if (peersWork) {
    return aboutMail('likely', {
      position: 'exchange-transient: others get through',
      because: ['Other mailboxes work at the same host and port.'],
    });
  }
  if (mail.stage === 'greeting') {
    if (kind !== 'timeout') return aboutMail(hasWorked(facts) ? 'likely' : 'possible');
    const reached = stageOf(facts.evidence, 'tls')?.outcome === 'ok' && hasWorked(facts);
    return aboutMail(reached ? 'likely' : 'possible');
  }
  return hasWorked(facts) && facts.context.history.consecutiveFailures <= 1
    ? aboutMail('possible', { because: ['It is the first failure after successes.'] })
    : undefined;
}

/** Applies if no mailbox works at this host, and this machine's network is not the cause. */
function incident(facts: CaseFacts): Finding | undefined {
  const { mail, context, names } = facts;
  if (mail === undefined || context.ownNetwork === 'down') return undefined;
  const own = context.siblings[names.protocol];
  if (own.succeeded > 0) return undefined;
  if (context.endpoint.succeeded > 0) return incidentOfTenant(facts, own);
  const others = ['Mailboxes of other apps fail in the same way at this host and port.'];
  // The host did not answer, or the connection was refused or cut. Any other failure, such as an untrusted certificate,
  // is an answer, but perhaps not from the host.
  const cut = BROKEN_OFF.has(mail.failure.kind) || mail.failure.kind === 'refused';
  if (mail.stage === 'connect' && otherAddresses(facts) !== undefined) return undefined;
  if (isLostElsewhere(context) && context.ownNetwork === 'ok' && cut) {
    if (mail.stage === 'greeting' || mail.stage === 'connect' || mail.stage === 'tls')
      return aboutMail('likely', { because: others });
  }
  // The fault is temporary. In addition, it occurred at the login or later, or the server itself reported it.
  const loggedIn = mail.stage === 'auth' || mail.stage === 'open';
  const faulty = (loggedIn || mail.failure.kind === 'rejected') && temporaryFault(facts) !== undefined;
  const all = speaksForAll(context.endpoint) || (speaksForAll(own) && context.endpoint.failedAlike > 0);
  if (all && faulty) {
    return aboutMail('likely', {
      because: ['Every other mailbox gets the same answer from this host.'],
    });
  }
  const silent = mail.stage === 'greeting' && cut && speaksForAll(context.endpoint);
  return silent || (faulty && speaksForAll(own))
    ? aboutMail('possible', {
        position: 'service-incident: own mailboxes only',
        because: silent ? others : [],
      })
    : undefined;
}

/**
 * Applies to a temporary fault at the login or later, if mailboxes of other tenants work at this host, but no mailbox
 * of this tenant works.
 */
function incidentOfTenant(facts: CaseFacts, own: Peers): Finding | undefined {
  const { mail, context } = facts;
  const loggedIn = mail?.stage === 'auth' || mail?.stage === 'open';
  if (!loggedIn || context.tenant.succeeded > 0 || !speaksForAll(own)) return undefined;
  return temporaryFault(facts) === undefined
    ? undefined
    : aboutMail('possible', {
        position: 'service-incident: own mailboxes only',
        because: ['Only mailboxes of other tenants work at this host.'],
      });
}

/**
 * Returns the confidence in `session-timeout`. The message of this cause usually ends an idle session, and only rarely
 * a login.
 */
function sureOfTimeout({ pasted, mail }: CaseFacts): Confidence {
  if (!pasted) return 'likely';
  if (mail?.signs.has('login-command') === true) return 'possible';
  return mail?.signs.has('bye') === true ? 'certain' : 'likely';
}

export const EXCHANGE_RULES = {
  'exchange-throttled': {
    title: (names) => `${names.server} throttles ${names.mailbox}: too many connections or requests`,
    owner: 'operator',
    scope: 'mailbox',
    references: [REFERENCES.mailOauth],
    symptom:
      'BAD or NO "Request is throttled. Suggested Backoff Time: ... milliseconds", or connections closed at the greeting. All programs that read the mailbox share one limit.',
    test: () => 'Stop every other program that reads the mailbox for the suggested time, and probe again.',
    lookAlikes: ['exchange-transient'],
    when: either(whenLoginRefused('exchange-throttled'), (facts) => {
      if (hasPhrase(facts, 'throttled') || facts.mail?.failure.kind === 'throttled') {
        const seconds = facts.mail?.failure.retryAfterSeconds;
        return aboutMail(
          'certain',
          seconds === undefined
            ? {}
            : { because: [`The server asks the client to wait ${seconds} seconds.`] },
        );
      }
      if (hasPhrase(facts, 'too-many-connections')) return aboutMail('likely');
      return facts.mail?.stage === 'greeting' &&
        ['closed', 'reset', 'rejected'].includes(facts.mail.failure.kind)
        ? aboutMail('possible')
        : undefined;
    }),
    fix: () => [
      say(
        'Wait for the suggested time. Then find the program that connects too often. It should keep one connection per mailbox, poll at most every five minutes, and always log out.',
      ),
    ],
    takesEffect: 'When the suggested time is over: seconds to an hour.',
  },
  'exchange-transient': {
    title: ({ hits, server, endpoint, mailbox }) =>
      hits === 'endpoint'
        ? `A temporary fault at ${endpoint}`
        : `${server} has a temporary fault with ${mailbox}`,
    owner: 'microsoft',
    scope: 'mailbox',
    references: [REFERENCES.serviceHealth],
    symptom:
      'NO Server Unavailable. 15, -ERR Server Unavailable. 21, a connection that is closed in the middle, or a single BAD User is authenticated but not connected. among successes. Settings are not the cause.',
    test: () =>
      'Probe again several times over ten minutes: a fault that occurs every time is not temporary.',
    lookAlikes: ['service-incident', 'exchange-throttled'],
    when: either(whenLoginRefused('exchange-transient'), temporaryFault),
    fix: () => [
      say(
        'There is nothing to do unless it lasts: the daemon probes again, and confirms the failure only if it repeats.',
      ),
      say('If it lasts more than half an hour, check Microsoft 365 admin center > Health > Service health.'),
    ],
    takesEffect: 'By itself, within minutes.',
  },
  'service-incident': {
    title: (names) =>
      names.server === 'Exchange'
        ? `Microsoft has an incident at ${names.endpoint}`
        : `The mail service at ${names.endpoint} has an incident`,
    owner: 'microsoft',
    scope: 'endpoint',
    references: [REFERENCES.serviceHealth],
    symptom:
      "Mailboxes of several apps that worked before fail at the same time and in the same way, while this machine's network works.",
    test: () =>
      'Microsoft 365 admin center > Health > Service health lists Exchange Online; mailboxes of another tenant fail too.',
    lookAlikes: ['exchange-transient', 'own-network-down'],
    when: either(whenLoginRefused('service-incident'), incident),
    fix: () => [
      say(
        'Check Microsoft 365 admin center > Health > Service health, and open a support case if nothing is listed there. Do not change the set-up meanwhile.',
      ),
    ],
    takesEffect: 'When Microsoft has fixed it.',
  },
  'session-timeout': {
    title: (names) => `${names.server} ended a session of ${names.mailbox}`,
    owner: 'operator',
    scope: 'mailbox',
    references: [REFERENCES.mailOauth, REFERENCES.rfc3501],
    symptom:
      '* BYE Connection is closed. 13 in a session that was open for a long time, despite NOOP or IDLE.',
    test: () => 'Each session ends after about the same time, and a new connection works.',
    lookAlikes: ['exchange-transient'],
    // A probe lasts only seconds, so in a probe the same message may also mean a temporary fault.
    when: (facts) =>
      hasPhrase(facts, 'session-timeout')
        ? aboutMail(sureOfTimeout(facts), facts.pasted ? { severity: 'warning' } : {})
        : undefined,
    fix: () => [say('Let the program reconnect when a session ends; that is normal.')],
    takesEffect: 'At the next connection.',
  },
} satisfies RuleTable;
