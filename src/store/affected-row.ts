/**
 * An affected mailbox as both SQLite and PostgreSQL store it. Read by `sqlite/incidents.ts` and
 * `postgres/incidents.ts`.
 */
import type { AffectedMailbox } from '../model/incident.ts';
import { PROTOCOL_IDS } from '../model/protocol.ts';

export interface AffectedRow {
  readonly id: string;
  readonly since: number;
  readonly until: number | null;
  /** Ids of protocols, separated by commas. */
  readonly protocols: string | null;
}

export function affectedMailbox({ id, since, until, protocols }: AffectedRow): AffectedMailbox {
  const its = protocols?.split(',');
  return {
    id,
    since,
    ...(until === null ? {} : { until }),
    ...(its === undefined ? {} : { protocols: PROTOCOL_IDS.filter((protocol) => its.includes(protocol)) }),
  };
}
