/** Exchange itself: throttled, momentarily broken, or down for many. */
import { say } from '../fix/step.ts';
import { REFERENCES } from '../references.ts';
import type { Finding, RuleTable } from '../rule.ts';
import type { CaseFacts } from '../case-facts.ts';
import { isLostElsewhere, speaksForAll } from '../situation.ts';
import { BROKEN_OFF, type MailFailure } from '../failures.ts';
import type { Confidence } from '../../model/diagnosis.ts';
import { stageOf } from '../../model/evidence.ts';
import { aboutMail, byRefusal, either, failsAlways, hasWorked, said } from '../when.ts';

/** The server took the connection and broke it off, or said that it cannot just now. */
function brokenOff(facts: CaseFacts): Finding | undefined {
  const { mail, context, names } = facts;
  if (mail === undefined) return undefined;
  const peersWork = context.endpoint.succeeded + context.siblings[names.protocol].succeeded > 0;
  // Before a login it is no mailbox that is concerned; after it, the app's where all of them are hit.
  const beforeLogin = mail.stage === 'connect' || mail.stage === 'tls' || mail.stage === 'greeting';
  const ofApp = !beforeLogin && speaksForAll(context.siblings[names.protocol]);
  const scope = beforeLogin && !peersWork ? 'endpoint' : ofApp ? 'app' : undefined;
  const found = fault(facts, mail, peersWork);
  return found && { ...found, ...(scope === undefined ? {} : { scope }) };
}

function fault(facts: CaseFacts, mail: MailFailure, peersWork: boolean): Finding | undefined {
  const { kind } = mail.failure;
  if (said(facts, 'server-unavailable')) {
    return aboutMail(failsAlways(facts) && mail.stage === 'auth' ? 'possible' : 'likely');
  }
  if (!facts.pasted && said(facts, 'session-timeout')) return aboutMail('possible');
  if (said(facts, 'session-token-expired')) return facts.pasted ? undefined : aboutMail('possible');
  if (said(facts, 'temporary', 'session-invalidated')) return aboutMail('likely');
  if (
    said(facts, 'session-timeout', 'throttled', 'too-many-connections', 'line-too-long', 'pop-protocol-error')
  )
    return undefined;
  const later = mail.stage === 'auth' || mail.stage === 'open';
  if (later && BROKEN_OFF.has(kind) && mail.phrases.size === 0) return aboutMail('likely');
  if (mail.stage === 'greeting' && kind === 'rejected') return aboutMail('likely');
  const cut =
    mail.stage === 'connect' || ((mail.stage === 'tls' || mail.stage === 'greeting') && BROKEN_OFF.has(kind));
  if (!cut || kind === 'proxy') return undefined;
  if (peersWork) {
    return aboutMail('likely', {
      place: 'exchange-transient: others get through',
      because: ['Other mailboxes get through to the same host and port.'],
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

/** Nobody gets through at that host, and it is not this machine's network. */
function incident(facts: CaseFacts): Finding | undefined {
  const { mail, context, names } = facts;
  if (mail === undefined || context.ownNetwork === 'down') return undefined;
  const own = context.siblings[names.protocol];
  const nobody = context.endpoint.succeeded + own.succeeded === 0;
  if (!nobody) return undefined;
  const others = ['Mailboxes of other apps fail alike at this host and port.'];
  // A certificate that is not trusted, or no TLS at all, is somebody else in the place of the host.
  const cut = BROKEN_OFF.has(mail.failure.kind) || mail.failure.kind === 'refused';
  if (isLostElsewhere(context) && context.ownNetwork === 'ok' && cut) {
    // Once TLS stands, it is the host itself that is silent; before that, a firewall is more common.
    if (mail.stage === 'greeting') return aboutMail('likely', { because: others });
    if (mail.stage === 'connect' || mail.stage === 'tls') return aboutMail('likely', { because: others });
  }
  // It took everybody's login and broke off, or its own words say that it is ill.
  const loggedIn = mail.stage === 'auth' || mail.stage === 'open';
  const ill = (loggedIn || mail.failure.kind === 'rejected') && brokenOff(facts) !== undefined;
  const all = speaksForAll(context.endpoint) || (speaksForAll(own) && context.endpoint.failedAlike > 0);
  if (all && ill) {
    return aboutMail('likely', {
      because: ['Every other mailbox gets the same answer from this host.'],
    });
  }
  const silent = mail.stage === 'greeting' && cut && speaksForAll(context.endpoint);
  return silent || (ill && speaksForAll(own))
    ? aboutMail('possible', {
        place: 'service-incident: own mailboxes only',
        because: silent ? others : [],
      })
    : undefined;
}

/** The same words end a session that was idle, and, rarely, a login. */
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
      'BAD or NO "Request is throttled. Suggested Backoff Time: ... milliseconds", or connections closed at the greeting. All programs that read the mailbox share one budget.',
    test: () => 'Stop every other program that reads the mailbox for the suggested time, and look again.',
    lookAlikes: ['exchange-transient'],
    when: either(byRefusal('exchange-throttled'), (facts) => {
      if (said(facts, 'throttled') || facts.mail?.failure.kind === 'throttled') {
        const seconds = facts.mail?.failure.retryAfterSeconds;
        return aboutMail(
          'certain',
          seconds === undefined ? {} : { because: [`The server asks for ${seconds} seconds of rest.`] },
        );
      }
      if (said(facts, 'too-many-connections')) return aboutMail('likely');
      return facts.mail?.stage === 'greeting' &&
        ['closed', 'reset', 'rejected'].includes(facts.mail.failure.kind)
        ? aboutMail('possible')
        : undefined;
    }),
    fix: () => [
      say(
        'Wait for the suggested time. Then find the program that connects too often: keep one connection per mailbox and poll every five minutes or slower, and log out always.',
      ),
    ],
    takesEffect: 'When the suggested time is over: seconds to an hour.',
  },
  'exchange-transient': {
    title: ({ hits, server, endpoint, mailbox }) =>
      hits === 'endpoint'
        ? `A passing fault at ${endpoint}`
        : `A passing fault at ${server}, seen at ${mailbox}`,
    owner: 'microsoft',
    scope: 'mailbox',
    references: [REFERENCES.serviceHealth],
    symptom:
      'NO Server Unavailable. 15, -ERR Server Unavailable. 21, a connection that is closed in the middle, or a single BAD User is authenticated but not connected. among successes. Right settings do not prevent it.',
    test: () => 'Look again some times over ten minutes: what comes back every time is not passing.',
    lookAlikes: ['service-incident', 'exchange-throttled'],
    when: either(byRefusal('exchange-transient'), brokenOff),
    fix: () => [
      say(
        'Nothing to do unless it stays: the daemon looks again and calls it confirmed only when it repeats.',
      ),
      say(
        'If it lasts for more than half an hour, see Microsoft 365 admin centre > Health > Service health.',
      ),
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
      "Mailboxes of several apps that worked fail at the same time and in the same way, while this machine's network is all right.",
    test: () =>
      'Microsoft 365 admin centre > Health > Service health names Exchange Online; mailboxes of another tenant fail too.',
    lookAlikes: ['exchange-transient', 'own-network-down'],
    when: either(byRefusal('service-incident'), incident),
    fix: () => [
      say(
        'See Microsoft 365 admin centre > Health > Service health, and open a case if nothing is listed there. Change nothing in the set-up meanwhile.',
      ),
    ],
    takesEffect: 'When Microsoft has mended it.',
  },
  'session-timeout': {
    title: (names) => `A session of ${names.mailbox} was ended by ${names.server}`,
    owner: 'operator',
    scope: 'mailbox',
    references: [REFERENCES.mailOauth, REFERENCES.rfc3501],
    symptom: '* BYE Connection is closed. 13 in a session that was open for long, in spite of NOOP or IDLE.',
    test: () => 'It comes after the same length of time in every session, and a new connection works.',
    lookAlikes: ['exchange-transient'],
    // A look of ours lasts seconds: there the same words may be a fault of the moment.
    when: (facts) =>
      said(facts, 'session-timeout')
        ? aboutMail(sureOfTimeout(facts), facts.pasted ? { severity: 'warning' } : {})
        : undefined,
    fix: () => [say('Let the program connect anew when a session ends; that is normal.')],
    takesEffect: 'At the next connection.',
  },
} satisfies RuleTable;
