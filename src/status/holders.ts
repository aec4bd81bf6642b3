/**
 * Which targets hold an incident open, as it is remembered: by mailbox, and those apart whose mailboxes count as affected
 * by another incident. So a restart need not guess. Used by `incident-review.ts`.
 */
import type { AffectedMailbox, Incident } from '../model/incident.ts';
import type { Protocol } from '../model/protocol.ts';
import type { IncidentSources } from './incident-sources.ts';

/** With the same array of mailboxes where nothing changed. */
export function withHolders(
  incident: Incident,
  held: Iterable<string>,
  target: IncidentSources['target'],
): Incident {
  const { alsoHeldBy: _, ...rest } = incident;
  const holders = new Map<string, readonly Protocol[]>();
  const affected = new Set(
    incident.affectedMailboxes.flatMap(({ id, until }) => (until === undefined ? [id] : [])),
  );
  const others: string[] = [];
  for (const key of held) {
    const { mailbox, protocol } = target(key) ?? {};
    if (mailbox === undefined || protocol === undefined) continue;
    if (affected.has(mailbox)) holders.set(mailbox, [...(holders.get(mailbox) ?? []), protocol].sort());
    else others.push(key);
  }
  const spans = incident.affectedMailboxes.map((span) =>
    heldBy(span, span.until === undefined ? holders.get(span.id) : undefined),
  );
  const isSame = spans.every((span, at) => span === incident.affectedMailboxes[at]);
  return {
    ...rest,
    affectedMailboxes: isSame ? incident.affectedMailboxes : spans,
    ...(others.length === 0 ? {} : { alsoHeldBy: others.sort() }),
  };
}

function heldBy(span: AffectedMailbox, protocols: readonly Protocol[] | undefined): AffectedMailbox {
  if (span.protocols?.join() === protocols?.join()) return span;
  const { protocols: _, ...rest } = span;
  return protocols === undefined ? rest : { ...rest, protocols };
}
