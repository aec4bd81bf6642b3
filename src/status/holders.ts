/**
 * Records in an incident which targets hold it open. The targets of affected mailboxes are recorded with the mailbox.
 * Targets whose mailbox counts as affected by another incident are recorded separately. The record is stored, so it
 * survives a restart.
 */
import type { AffectedMailbox, Incident } from '../model/incident.ts';
import { perProtocol, PROTOCOL_IDS, type Protocol } from '../model/protocol.ts';
import type { IncidentSources } from './incident-sources.ts';

/** Returns the incident with its holders. The array of mailboxes stays the same if nothing changed. */
export function withHolders(
  incident: Incident,
  held: Iterable<string>,
  target: IncidentSources['target'],
): Incident {
  const { alsoHeldBy: _, ...rest } = incident;
  const holders = new Map<string, readonly Protocol[] | undefined>();
  for (const { id, until } of incident.affectedMailboxes) if (until === undefined) holders.set(id, undefined);
  const others: string[] = [];
  for (const key of held) {
    const holder = target(key);
    if (holder === undefined) continue;
    const { mailbox, protocol } = holder;
    if (holders.has(mailbox)) holders.set(mailbox, withProtocol(holders.get(mailbox), protocol));
    else others.push(key);
  }
  const protocolsOf = ({ id, until }: AffectedMailbox): readonly Protocol[] | undefined =>
    until === undefined ? holders.get(id) : undefined;
  const isSame = incident.affectedMailboxes.every((span) => isEqual(span.protocols, protocolsOf(span)));
  return {
    ...rest,
    affectedMailboxes: isSame
      ? incident.affectedMailboxes
      : incident.affectedMailboxes.map((span) => heldBy(span, protocolsOf(span))),
    ...(others.length === 0 ? {} : { alsoHeldBy: others.sort() }),
  };
}

/**
 * Does the same as `withHolders`, but only for the holders of these mailboxes. No other holders may have changed, and
 * each holder must belong to an affected mailbox.
 */
export function withHoldersOf(
  incident: Incident,
  changed: ReadonlySet<string>,
  held: ReadonlyMap<string, number>,
  targetsOf: IncidentSources['targetsOf'],
): Incident {
  const { alsoHeldBy: _, ...rest } = incident;
  const protocolsOf = ({ id, until }: AffectedMailbox): readonly Protocol[] | undefined => {
    let protocols: readonly Protocol[] | undefined;
    for (const { key, protocol } of until === undefined ? targetsOf(id) : [])
      if (held.has(key)) protocols = withProtocol(protocols, protocol);
    return protocols;
  };
  let isSame = true;
  const affectedMailboxes = incident.affectedMailboxes.map((span) => {
    if (!changed.has(span.id)) return span;
    const next = heldBy(span, protocolsOf(span));
    if (next !== span) isSame = false;
    return next;
  });
  return { ...rest, affectedMailboxes: isSame ? incident.affectedMailboxes : affectedMailboxes };
}

const ALONE = perProtocol((protocol): readonly Protocol[] => [protocol]);

/**
 * Adds a protocol, in the order of `PROTOCOL_IDS`. An outage may have twenty thousand holders, so those with only one
 * protocol share one array.
 */
function withProtocol(protocols: readonly Protocol[] | undefined, protocol: Protocol): readonly Protocol[] {
  if (protocols === undefined) return ALONE[protocol];
  return PROTOCOL_IDS.filter((one) => one === protocol || protocols.includes(one));
}

function isEqual(a: readonly Protocol[] | undefined, b: readonly Protocol[] | undefined): boolean {
  return a === b || (a?.length === b?.length && a?.every((protocol, at) => protocol === b?.[at]) === true);
}

function heldBy(span: AffectedMailbox, protocols: readonly Protocol[] | undefined): AffectedMailbox {
  if (isEqual(span.protocols, protocols)) return span;
  const { protocols: _, ...rest } = span;
  return protocols === undefined ? rest : { ...rest, protocols };
}
