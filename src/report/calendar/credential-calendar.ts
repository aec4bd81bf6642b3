/**
 * Expiry dates as a calendar feed, with one event for each credential and one for each mail server certificate. Called
 * by the route /credentials.ics.
 */
import { type CredentialStatus, type EndDate, endDateInUse } from '../../model/credential.ts';
import type { Redactor } from '../../model/redactor.ts';
import type { App } from '../../model/target.ts';
import { untrustedText } from '../../model/untrusted-text.ts';
import { appPath } from '../page-path.ts';
import type { ServerCertificate } from '../server-certificates.ts';
import { rfc3339 } from '../resource/json.ts';
import { type CalendarEvent, writeCalendar } from './ical.ts';

export interface CalendarContent {
  readonly apps: readonly App[];
  readonly credentials: readonly CredentialStatus[];
  readonly serverCertificates: readonly ServerCertificate[];
  /** Returns the ids of the mailboxes of an app. */
  readonly mailboxesOf: (app: string) => readonly string[];
  /** Epoch milliseconds. */
  readonly now: number;
  /** Without a trailing slash. If it is absent, the events have no links. */
  readonly externalUrl: string | undefined;
}

const MOST_NAMES = 20;
const CERTIFICATE_ALARM_DAYS = [14, 3];

export function credentialCalendar(content: CalendarContent, redactor: Redactor): string {
  const clean = (text: string): string => untrustedText(text, redactor, 1000);
  const events = [
    ...content.credentials.flatMap((status) => {
      const app = content.apps.find(({ id }) => id === status.app);
      return app === undefined ? [] : eventsOf(app, status, content);
    }),
    ...content.serverCertificates.map((one) => certificateEvent(one, content.externalUrl)),
  ];
  const cleaned = events
    .filter(({ at }) => rfc3339(at) !== null)
    .map(
      ({ uid, at, summary, description, url, alarmDaysBefore }): CalendarEvent => ({
        uid,
        at,
        summary: clean(summary),
        description: description.split('\n').map(clean).join('\n'),
        url,
        alarmDaysBefore,
      }),
    );
  return writeCalendar('mailprobe: credentials', cleaned, content.now);
}

/** Returns the events for the end dates of the credential in use, and of the other registered credentials. */
function eventsOf(
  app: App,
  status: CredentialStatus,
  { mailboxesOf, now, externalUrl }: CalendarContent,
): CalendarEvent[] {
  const used = endDateInUse(status, now);
  const others = status.endDates.filter(
    ({ source, credential }) => source === 'graph' && credential !== used?.end.credential,
  );
  const mailboxes = mailboxesOf(app.id);
  const names = mailboxes.slice(0, MOST_NAMES).join(', ');
  const more = mailboxes.length > MOST_NAMES ? ` and ${mailboxes.length - MOST_NAMES} more` : '';
  const hit = mailboxes.length === 0 ? 'none' : `${mailboxes.length} (${names}${more})`;
  const event = (end: EndDate, use: string, affected: string): CalendarEvent => {
    const known = status.registered.find(({ keyId }) => keyId === end.credential);
    const kind = (known?.kind ?? status.kind) === 'certificate' ? 'Certificate' : 'Client secret';
    const name = known?.displayName === undefined ? '' : `, "${known.displayName}"`;
    return {
      uid: `credential-${app.id}-${end.credential}@mailprobe`,
      at: end.expiresAt,
      summary: `${kind} of ${app.id} ends${app.owner === undefined ? '' : ` (${app.owner})`}`,
      description: [
        `Ends: ${rfc3339(end.expiresAt)} (source: ${end.source})`,
        `Credential: ${end.credential}${name}; ${use}`,
        `Application: ${app.id}, client id ${app.clientId}, tenant ${app.tenant}`,
        `Owner: ${app.owner ?? 'not configured'}`,
        `Mailboxes that will fail: ${affected}`,
        'Add a new one, store it where mailprobe and the other programs read it, then remove this one.',
      ].join('\n'),
      url: externalUrl === undefined ? undefined : `${externalUrl}${appPath(app.id)}`,
      alarmDaysBefore: alarmDays(app.expiryThresholdDays),
    };
  };
  return [
    ...(used === undefined ? [] : [event(used.end, used.sure ? 'in use' : 'perhaps in use', hit)]),
    ...others.map((end) => event(end, 'registered, not known to be in use here', 'none, as far as is known')),
  ];
}

/**
 * Returns how many days before the end the two alarms ring: at the highest threshold, and at the lowest. If there is
 * only one threshold, the second alarm rings the day before the end.
 */
function alarmDays(thresholds: readonly number[]): readonly number[] {
  const [first = 30, ...rest] = thresholds.toSorted((a, b) => b - a);
  return [first, rest.at(-1) ?? 1];
}

function certificateEvent(
  { endpoint, certificate }: ServerCertificate,
  externalUrl: string | undefined,
): CalendarEvent {
  return {
    uid: `server-certificate-${endpoint}@mailprobe`,
    at: certificate.notAfter,
    summary: `TLS certificate of ${endpoint} ends`,
    description: [
      `Ends: ${rfc3339(certificate.notAfter)}`,
      `Subject: ${certificate.subject}`,
      `Issuer: ${certificate.issuer}`,
      'As the mail server presented it at the last probe. The operator of that server renews it.',
    ].join('\n'),
    url: externalUrl === undefined ? undefined : `${externalUrl}/expiries`,
    alarmDaysBefore: CERTIFICATE_ALARM_DAYS,
  };
}
