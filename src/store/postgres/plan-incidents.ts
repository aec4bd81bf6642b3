/**
 * How does a write of incidents change the existing rows? A problem has at most one open incident. With one replica, a
 * newer incident supersedes the older one. With several replicas, the newer incident joins the older one, because each
 * replica finds the same fault in its own mailboxes. Pure. `save-incidents.ts` reads, locks and writes.
 */
import type { IncidentRow } from '../encode.ts';

export interface KnownIncident {
  readonly id: string;
  readonly problem: string;
  readonly closed: number | null;
  readonly cause: string;
  readonly severity: string;
}

export interface IncidentPlan {
  /**
   * The rows to write, under their stored ids. If the write contains an incident several times, its last open version
   * is written. If no version is open, the last version is written.
   */
  readonly rows: readonly IncidentRow[];
  /** Incidents to close, because the write contains a newer one of the same problem. */
  readonly superseded: readonly { readonly id: string; readonly by: string; readonly at: number }[];
  /** Maps the written id to the stored id, for incidents whose ids differ. */
  readonly joined: ReadonlyMap<string, string>;
}

export function planAlone(known: readonly KnownIncident[], written: readonly IncidentRow[]): IncidentPlan {
  const last = new Map(written.map((row) => [row.id, row]));
  const open = [...known, ...last.values()].filter((row) => isOpen(last.get(row.id) ?? row));
  const newest = new Map<string, string>();
  for (const { id, problem } of open) {
    const other = newest.get(problem);
    if (other === undefined || other < id) newest.set(problem, id);
  }
  const newerOf = ({ id, problem }: { id: string; problem: string }): IncidentRow | undefined => {
    const by = newest.get(problem);
    return by === undefined || by === id ? undefined : last.get(by);
  };
  const superseded = known
    .filter((row) => isOpen(row) && !last.has(row.id))
    .flatMap((row) => {
      const newer = newerOf(row);
      return newer === undefined ? [] : [{ id: row.id, by: newer.id, at: newer.opened }];
    });
  const rows: IncidentRow[] = [];
  for (const row of last.values()) {
    const by = newest.get(row.problem);
    const isNewest = !isOpen(row) || by === undefined || by === row.id;
    rows.push(isNewest ? row : supersededRow(row, by, last.get(by)?.opened ?? row.opened));
  }
  return { rows, superseded, joined: new Map() };
}

function supersededRow(row: IncidentRow, by: string, at: number): IncidentRow {
  return { ...row, state: 'closed', closed: at, closeReason: 'superseded', supersededBy: by };
}

/**
 * `aliases`: the incidents that joined another incident in earlier writes. Maps the id under which an incident is
 * written to the stored id of the incident that it joined.
 */
export function planShared(
  known: readonly KnownIncident[],
  written: readonly IncidentRow[],
  aliases: ReadonlyMap<string, string>,
): IncidentPlan {
  const rowOf = new Map(known.map((row) => [row.id, row]));
  const openOf = new Map(known.filter(isOpen).map(({ problem, id }) => [problem, id]));
  const joined = new Map<string, string>();
  const rows = new Map<string, IncidentRow>();
  for (const row of written) {
    const own = aliases.get(row.id) ?? row.id;
    const present = openOf.get(row.problem);
    const its = rowOf.get(own);
    const mayStay = its !== undefined && (isOpen(its) || !isOpen(row));
    const id = mayStay ? own : (present ?? own);
    // Another replica has closed the incident since this row was made. If the row affects a mailbox, the incident
    // reopens. Otherwise the row is ignored.
    if (isOpen(row) && row.affected.length === 0 && its !== undefined && !isOpen(its) && id === own) continue;
    if (id !== row.id) joined.set(row.id, id);
    if (isOpen(row) && present === undefined) openOf.set(row.problem, id);
    const before = rows.get(id);
    // If another incident is open for the new problem, this incident keeps its earlier problem.
    const problem = isOpen(row) && present !== undefined && present !== id ? its?.problem : undefined;
    const kept = { ...row, id, ...(problem === undefined ? {} : { problem }) };
    const isOlder = before !== undefined && isOpen(before) && !isOpen(row);
    rows.set(id, joinedRow(before, isOlder ? before : kept, row));
  }
  return { rows: [...rows.values()], superseded: [], joined };
}

function joinedRow(before: IncidentRow | undefined, kept: IncidentRow, row: IncidentRow): IncidentRow {
  return before === undefined ? kept : { ...kept, affected: [...before.affected, ...row.affected] };
}

function isOpen({ closed }: { readonly closed?: number | null | undefined }): boolean {
  return closed === undefined || closed === null;
}
