/**
 * Does a channel's filter match an incident? Compares owner, app, label and severity. Pure. Used by the policy and the
 * composer.
 */
import { SEVERITIES, type Severity } from '../model/diagnosis.ts';
import type { Incident } from '../model/incident.ts';
import type { ChannelFilter } from '../model/notification.ts';

/** Undefined if the mailbox is no longer configured. */
export type MailboxLookup = (
  id: string,
) => { readonly app: string; readonly labels: Readonly<Record<string, string>> } | undefined;

/** An incident matches if one of its affected mailboxes matches. */
export function isFor(filter: ChannelFilter, incident: Incident, mailboxOf: MailboxLookup): boolean {
  const { owners, severity, apps, labels } = filter;
  if (owners !== undefined && !owners.includes(incident.owner)) return false;
  if (severity !== undefined && !isAtLeast(incident.severity, severity)) return false;
  if (apps === undefined && labels === undefined) return true;
  // An incident about an app itself, such as a secret that expires soon, may affect no mailbox yet.
  if (incident.scope === 'app' && labels === undefined && apps?.includes(incident.subject)) return true;
  return incident.affectedMailboxes.some(({ id }) => {
    const mailbox = mailboxOf(id);
    return (
      mailbox !== undefined &&
      (apps === undefined || apps.includes(mailbox.app)) &&
      Object.entries(labels ?? {}).every(([name, value]) => mailbox.labels[name] === value)
    );
  });
}

export function isAtLeast(severity: Severity, least: Severity): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least);
}
