/** An affected mailbox as a row of either database holds it. Read by their `incidents.ts`. */
import type { AffectedMailbox } from '../model/incident.ts';
import { PROTOCOL_IDS } from '../model/protocol.ts';

export interface AffectedRow {
  readonly id: string;
  readonly since: number;
  readonly until: number | null;
  /** Separated by commas. */
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
